"""Programs with layers of their own."""
