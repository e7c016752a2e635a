"""Was the lesion found where it lies? Marks against outlines.

- `searches.py`: what one search of one image found and missed; as a table too.
- `peaks.py`: marks from a heat map.
- `matching.py`: marks against the outlines of lesions.
- `curves.py`: FROC, alternative FROC and LROC curves.
- `sensitivities.py`: targets found at given numbers of false marks.
- `metrics.py`: the areas below curves and sensitivities, with intervals over patients.
"""
