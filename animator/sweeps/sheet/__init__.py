"""The contact sheet: every cell as a tile of one page."""
