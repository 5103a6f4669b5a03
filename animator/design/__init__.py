"""What a film is, as data: scene, experiment, pacing, timeline, layout, style."""
