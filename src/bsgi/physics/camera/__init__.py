"""Cameras as data: isotope, materials, collimator, and the records of the catalogue."""
