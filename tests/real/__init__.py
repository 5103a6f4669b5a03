"""Programs that people really train, each the essence of a published one, written anew on small data."""
