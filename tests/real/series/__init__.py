"""Programs on time series."""
