"""From a View to pixels: canvas, compositor, raster toolkit, panels."""
