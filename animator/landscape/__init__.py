"""Numbers from recordings: planes, slices, surfaces, windows, basins."""
