"""Sweeps: many films of one scene, planned, made and shown together."""
