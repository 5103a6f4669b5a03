"""What a sweep will make: axes, cells, names, estimates."""
