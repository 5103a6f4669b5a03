"""The raster toolkit: what moves on a picture, laid down as pixels; for films and contact sheets alike.

A Layer (`layer`) says what it covers and what has changed; drawing.compositor mends a picture with many of
them. Kinds: text and still pictures (`text_layer`: Stamp, Sprite), a path with a casing (`path_layer`:
Trail), lines that grow (`line_layers`: Stroke, Span), dots (`marker_layer`: Mark), arrows (`arrow_layer`).
Below them lies what Agg draws when its `version` changes: a loss surface (`band_raster`: Banding), contours
(`vector_artists`).

Each lies on a PlotArea (`axes_transform`): matplotlib's Axes, or a Viewport, which is a box in pixels and the
extent of the data in it, and costs nothing to make. A tile of a contact sheet needs no axes:

    area = Viewport(Box(left, bottom, width, height), extent)  # pixels, rows counted upwards; data
    bands = Banding(area, alpha, beta, scale, colours=colours, line=line, width=width)
    path = Trail(area, area.transData.transform(points), bins, colours=colours, casing=casing, width=width)
    dot = Mark(area, shape_of("o"), size=size, fill=fill, edge=edge, edge_width=edge_width)
    for artist in (bands, path, dot):
        figure.add_artist(artist)
        artist.set_animated(True)
    picture = Compositor([Background([bands], clip_of(area, height))], [path, dot])

Widths and sizes are in points at 100 pixels an inch. A layer that is set to the same state looks the same, to
the byte, whatever was drawn before.
"""
