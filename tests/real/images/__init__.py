"""Programs on images."""
