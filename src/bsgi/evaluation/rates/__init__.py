"""Counts at a threshold, the rates that follow, and their intervals.

- `confusion.py`: TP, FP, TN, FN and the rates.
- `proportions.py`: Wilson and exact intervals of a proportion.
- `mcnemar.py`: McNemar's test of two methods on the same patients.
"""
