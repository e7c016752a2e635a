"""What published figures can come from.

- `printed.py`: a share as printed, and the whole numbers that would be printed so.
- `published.py`: rows of published results; the paper's are here.
- `fitting_counts.py`: all counts that fit printed figures together.
- `audit.py`: the verdict, with the intervals that the figures deserve.
"""
