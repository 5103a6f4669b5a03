"""Functions of numbers with exact derivatives, and the optimizers that descend on them, all in NumPy."""
