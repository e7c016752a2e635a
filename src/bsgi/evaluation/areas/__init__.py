"""The ROC curve and the area under it.

- `roc.py`: the empirical curve.
- `auc.py`: area, DeLong's variance, three intervals and the rule among them.
- `bootstrap.py`: an interval of the area by drawing patients anew.
"""
