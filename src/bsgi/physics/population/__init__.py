"""Who is simulated: presets, populations and what is drawn for one woman.

- `presets/`: the presets that come with the package.
- `preset_file.py`: the tables of a preset's file, checked.
- `preset_faults.py`: what is wrong with one, in a line.
- `preset.py`: a preset, by name or file.
- `population.py`: a set of exams before any is drawn.
- `shapes.py`: shapes of both breasts in both views.
- `woman.py`: everything that is drawn for one woman.
- `settle.py`: the last of it, the gland's ratio, found when she is imaged.
"""
