"""Many films of one scene: planned, trained and drawn by workers, read on one page."""
