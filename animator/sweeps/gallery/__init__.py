"""The gallery: one page with every film of a folder."""
