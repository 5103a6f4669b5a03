"""Recordings and a design to files: views, checks, saving."""
