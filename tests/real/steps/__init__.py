"""Programs with a train_step, a loss or an optimizer of their own."""
