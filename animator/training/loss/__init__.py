"""The loss of a recorded model as a function of flat weights: rebuilt, proved, evaluated in batches."""
