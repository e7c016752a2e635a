"""Statistics on scores and labels, for our models and for anyone's table.

No model is inside and no figure: numbers in, numbers out. Positive is malignant. What
the data cannot tell, such as the sensitivity where no exam is malignant, is None.

May import `bsgi.exam`, `bsgi.provenance`, `bsgi.files` and `bsgi.errors`, NumPy and
SciPy.

- `estimate.py`: a value with its interval, and the name of the interval's method.
- `scored.py`: labels and scores side by side, checked once.
- `proportions.py`: Wilson and exact intervals of a proportion.
- `confusion.py`: TP, FP, TN, FN at a threshold, and the rates that follow.
- `roc.py`: the empirical ROC curve.
- `auc.py`: area under it, DeLong's variance, three intervals and the rule among them.
- `predictions.py`: `predictions.csv`, one row per exam, method and repeat.
- `summary.py`: `metrics.json`, what the test part says of each method.
"""
