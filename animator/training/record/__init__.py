"""The Recorder: what a training step leaves, kept in a file without touching the training."""
