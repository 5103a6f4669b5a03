"""The summary figure and the race of all cells."""
