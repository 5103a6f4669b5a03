"""Sweeps: many films of one scene, planned, trained and drawn by workers, read on one page.

`plan` says what will be made, `run` makes it, `manifest` is what a folder holds.
"""
