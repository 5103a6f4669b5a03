"""Programs on tables, with preprocessing layers that have state."""
