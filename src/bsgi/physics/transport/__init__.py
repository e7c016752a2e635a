"""From activity in a compressed breast to expected counts per second and pixel.

- `grid.py`: the voxels of a camera.
- `sampling.py`, `compartments.py`: tissue at each voxel; skin, axilla, surfaces.
- `emission.py`: activity of one breast, and what of it leaves towards a head.
- `lesion_balls.py`: a lesion as the spheres that a view shows, and its mask.
- `response.py`, `projector.py`: the collimator's shadow, and counts from it.
- `torso.py`: unscattered photons from behind the chest wall.
- `scatter.py`, `tables.py`: scattered photons, from tables that come with the package.
- `montecarlo*.py`, `cross_sections.py`: what made the tables; nothing else needs it.
"""
