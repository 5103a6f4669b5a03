"""Every speed, memory and size figure of docs/performance.md: `make bench`, or `python -m benchmarks`."""
