"""A run at rest: the HDF5 file, read and written without Keras."""
