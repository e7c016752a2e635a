"""What difference some patients could have shown, and how many are needed.

- `areas.py`, `proportions.py`: power and numbers of patients.
- `search.py`: the smallest difference that is found often enough.
- `paired_areas.py`: two areas on the same patients, and the spread to reckon with.
- `statements.py`: the same in words, for a whole table of results.
"""
