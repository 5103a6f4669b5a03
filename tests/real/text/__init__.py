"""Programs on words and characters."""
