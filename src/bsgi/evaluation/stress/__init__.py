"""The same exams with and without a stress, compared.

- `summary.py`: what each stress does to the results.
- `rows.py`: `stress.csv` and `refused.csv`; `stored.py`: `stress.json`.
"""
