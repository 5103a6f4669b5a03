"""Panels: each draws one thing about one run, or about all of them; registry has the table."""
