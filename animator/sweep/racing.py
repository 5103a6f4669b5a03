"""The race of a sweep, race.mp4: its runs together on one surface, where they share weights and data.

No more than MOST run together; each has a colour, a shape of its dot, and its swept values as its name. A
style has eight lines: the runs after them take the same hues nearer to the ink, and other shapes.
"""
