"""Many films of one scene: their grid, their contact sheet, their race and their figure."""
