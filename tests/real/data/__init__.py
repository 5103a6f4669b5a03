"""Programs whose data come from pipelines, datasets and generators."""
