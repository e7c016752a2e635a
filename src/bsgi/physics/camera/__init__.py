"""Cameras as data, and what follows from the data.

- `isotope.py`, `materials.py`: photons per decay, and what they meet.
- `collimator.py`: how many photons the holes pass, and how sharp their shadow is.
- `energy.py`: what the detector measures of a photon's energy.
- `flaws.py`: how uneven a make of detector is; `detector.py`: one detector of it.
- `record.py`: the camera; `catalogue.py`: those that can be simulated.
"""
