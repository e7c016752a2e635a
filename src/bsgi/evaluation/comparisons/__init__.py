"""Two methods, mostly on the same patients: differences, their intervals and tests.

- `difference.py`: a difference of two, with its interval.
- `methods.py`: every two methods compared by their calls.
- `area_evidence.py`: what two areas rest on.
- `mover.py`: their difference from the intervals of both, and its test.
- `areas.py`: tests of two areas, DeLong's and that one.
- `families.py`: every two methods compared by their areas.
- `resampled.py`: the corrected t test over repeated folds, for comparison.
- `paired_means.py`: difference and ratio of two means, by a studentised bootstrap.
"""
