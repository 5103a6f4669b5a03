"""The raster toolkit: layers of lines, markers, text and bands, laid down as pixels."""
