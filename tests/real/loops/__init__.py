"""Programs that loop by hand."""
