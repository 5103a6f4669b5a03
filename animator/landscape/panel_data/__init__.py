"""Numbers that panels beside the surface show: weights as histograms, predictions, activations, updates."""
