"""From an Experiment to a recording, and the loss as a function of weights; the only package with Keras."""
