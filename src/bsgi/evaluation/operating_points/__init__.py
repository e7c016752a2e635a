"""Sensitivity at a chosen specificity and back.

- `choice.py`: the threshold at which some exams reach a rate.
- `points.py`: points chosen on other exams than they are measured on.
- `roc_band.py`: the mean ROC curve of several repeats, with its band.
"""
