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
- `clusters.py`: numbers and variances where patients have several exams.
- `mrmc.py`: areas of several trainings on the same exams, for new ones of both.
- `roc_band.py`: the mean ROC curve of several repeats, with its band.
- `predictions.py`: `predictions.csv`, one row per exam, method and repeat.
- `design.py`: how a study parts its patients, again and again.
- `thresholds.py`: from which score on an exam is called malignant.
- `repeats.py`: averages over repeats, with the intervals that the patients deserve.
- `mcnemar.py`: McNemar's test of two methods on the same patients.
- `multiplicity.py`: p values of several tests at once.
- `comparisons.py`: every two methods compared.
- `summary.py`: what the test part says of each method.
- `metrics_json.py`: `metrics.json`, the same as a file.
- `printed.py`: a share as printed, and the whole numbers that would be printed so.
- `published.py`: rows of published results; the paper's are here.
- `fitting_counts.py`: all counts that fit printed figures together.
- `audit.py`: what published figures can come from, with the intervals they deserve.
- `map_regions.py`: the mass of a heat map on lesion, vicinity, breast and blank field.
- `map_rows.py`: `maps.csv`, one row per heat map.
- `paired_means.py`: difference and ratio of two means, by a studentised bootstrap.
- `map_statistics.py`: quartiles and means of such shares over many exams.
- `map_mass.py`: where the maps of a method look, and the paper's two claims of it.
"""
