"""Statistics on scores and labels, for our models and for anyone's table.

No model is inside and no figure: numbers in, numbers out. Positive is malignant. What
the data cannot tell, such as the sensitivity where no exam is malignant, is None.

May import `bsgi.exam`, `bsgi.provenance`, `bsgi.files` and `bsgi.errors`, NumPy and
SciPy.

- `estimate.py`: a value with its interval, and the name of the interval's method.
- `scored.py`: labels and scores side by side, checked once.
- `predictions.py`: `predictions.csv`, one row per exam, method and repeat.
- `tables/`: anyone's table of scores as predictions, ratings and groups.
- `design.py`: how a study parts its patients, again and again.
- `areas/`: the ROC curve and the area under it.
- `rates/`: counts at a threshold, the rates that follow, McNemar's test.
- `thresholds.py`: from which score on an exam is called malignant.
- `operating_points/`: sensitivity at a chosen specificity and back.
- `clusters.py`: numbers and variances where patients have several exams.
- `repeats.py`: averages over repeats, with the intervals that the patients deserve.
- `comparisons/`: two methods on the same patients.
- `multiplicity.py`: p values of several tests at once.
- `power/`: what difference some patients could have shown.
- `calibration/`: how far probabilities can be believed; scores to probabilities.
- `calibration_scores.py`: which scores may calibrate those of a fold.
- `abstention/`: benign, malignant or refer, with a bound on the errors per label.
- `readers/`: several readers of the same cases: modalities, agreement, sample size.
- `localisation/`: was the lesion found where it lies: LROC, FROC.
- `maps/`: where heat maps look.
- `part_metrics.py`: area and rates of a part of the exams.
- `subgroups.py`: results by subgroup, and whether its groups differ.
- `stress/`: the same exams with and without a stress.
- `canary.py`: whether scores learned from permuted labels are at chance.
- `audit/`: what published figures can come from.
- `summary.py`: what the test part says of each method.
- `details.py`: what else it says: calibration, abstention, subgroups, power.
- `fixed.py`: thresholds for other cohorts: `operating_points.json`.
- `external.py`: a network on exams of others, at what was fixed before.
- `stored.py`: a record as a JSON file and back.
- `metrics_json.py`: `metrics.json`, the same as a file.
"""
