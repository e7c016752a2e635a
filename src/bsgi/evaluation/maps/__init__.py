"""Where heat maps look.

- `regions.py`: the mass of a map on lesion, vicinity, breast and blank field.
- `rows.py`: `maps.csv`, one row per heat map.
- `statistics.py`: quartiles and means of such shares over many exams.
- `mass.py`: where the maps of a method look, and the paper's two claims of it.
"""
