"""Every speed, memory and size figure that the README quotes: `make bench`, or `python -m benchmarks`."""
