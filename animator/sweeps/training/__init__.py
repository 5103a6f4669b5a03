"""Training many cells as one program."""
