"""Acceptance tests: what a physicist would measure before trusting the simulator.

Each test compares a quantity of the simulator with a value that was worked out without
it, or published, and gives lines of one table.

- `check.py`: one line of the table.
- `line_spread.py`, `resolution.py`: system resolution against distance.
- `sensitivity.py`: a source in air.
- `energy_windows.py`: what windows keep of unscattered photons.
- `count_density.py`: counts per area, per view, and by window.
- `scatter_sums.py`, `scatter_rows.py`: scatter over primary.
- `torso_rows.py`: unscattered photons from behind the chest wall.
- `lesion_sums.py`, `contrast.py`: lesion contrast.
- `second_head.py`: lesion contrast on the second head.
- `phantom.py`: uniform breasts.
- `detector_field.py`: uniformity and dead edge.
- `timing.py`, `noise.py`: decay and Poisson statistics.
- `power_law.py`, `texture.py`: texture of breasts.
- `observer.py`: the model observer beside the ideal one.
- `prevalence.py`: classes of background uptake on images.
- `curve.py`, `curves.py`: what the figures show.
- `jobs.py`, `run.py`: all of them, in one process or several.
"""
