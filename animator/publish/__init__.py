"""Films for readers: slides, pages, players."""
