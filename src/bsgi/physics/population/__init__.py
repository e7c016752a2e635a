"""Who is simulated: presets, populations and what is drawn for one woman."""
