"""Sensitivity at a chosen specificity and back.

- `points.py`: points chosen on other exams than they are measured on.
- `roc_band.py`: the mean ROC curve of several repeats, with its band.
"""
