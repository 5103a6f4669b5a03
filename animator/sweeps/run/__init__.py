"""The sweep while it runs: stages, scheduler, executors, workers."""
