"""What every package uses and no domain knows: errors, files, cache, progress."""
