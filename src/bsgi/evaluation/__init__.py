"""Statistics on scores and labels, for our models and for anyone's table.

No model is inside and no figure: numbers in, numbers out. Positive is malignant. What
the data cannot tell, such as the sensitivity where no exam is malignant, is None.

May import `bsgi.exam`, `bsgi.provenance`, `bsgi.files` and `bsgi.errors`, NumPy and
SciPy.

- `estimate.py`: a value with its interval, and the name of the interval's method.
- `difference.py`: a difference of two, likewise.
- `scored.py`: labels and scores side by side, checked once.
- `proportions.py`: Wilson and exact intervals of a proportion.
- `confusion.py`: TP, FP, TN, FN at a threshold, and the rates that follow.
- `roc.py`: the empirical ROC curve.
- `auc.py`: area under it, DeLong's variance, three intervals and the rule among them.
- `clusters.py`: numbers and variances where patients have several exams.
- `bootstrap.py`: an interval of the AUC by drawing patients anew.
- `mrmc.py`: areas of several trainings on the same exams, for new ones of both.
- `roc_band.py`: the mean ROC curve of several repeats, with its band.
- `predictions.py`: `predictions.csv`, one row per exam, method and repeat.
- `any_columns.py`: which column of anyone's table is which.
- `any_table.py`: such a table as predictions, ratings of readers and groups.
- `design.py`: how a study parts its patients, again and again.
- `thresholds.py`: from which score on an exam is called malignant.
- `calibration_scores.py`: which scores may calibrate those of a fold.
- `operating_points.py`: sensitivity at a chosen specificity and back.
- `calibration/`: how far probabilities can be believed; scores to probabilities.
- `abstention/`: benign, malignant or refer, with a bound on the errors per label.
- `repeats.py`: averages over repeats, with the intervals that the patients deserve.
- `mcnemar.py`: McNemar's test of two methods on the same patients.
- `multiplicity.py`: p values of several tests at once.
- `comparisons.py`: every two methods compared.
- `area_evidence.py`: what two areas rest on; `area_comparisons.py`: DeLong's test.
- `resampled.py`: the corrected t test over repeated folds, for comparison.
- `area_power.py`, `proportion_power.py`: power and numbers of patients needed.
- `paired_areas.py`: two areas on the same patients, and the spread to reckon with.
- `power.py`: what difference some patients could have shown, in words.
- `canary.py`: whether scores learned from permuted labels are at chance.
- `summary.py`: what the test part says of each method.
- `details.py`: what else it says: calibration, abstention, subgroups, power.
- `metrics_json.py`: `metrics.json`, the same as a file.
- `printed.py`: a share as printed, and the whole numbers that would be printed so.
- `published.py`: rows of published results; the paper's are here.
- `fitting_counts.py`: all counts that fit printed figures together.
- `audit.py`: what published figures can come from, with the intervals they deserve.
- `readers/`: several readers of the same cases: modalities, agreement, sample size.
- `localisation/`: was the lesion found where it lies: LROC, FROC.
- `map_regions.py`: the mass of a heat map on lesion, vicinity, breast and blank field.
- `map_rows.py`: `maps.csv`, one row per heat map.
- `paired_means.py`: difference and ratio of two means, by a studentised bootstrap.
- `map_statistics.py`: quartiles and means of such shares over many exams.
- `map_mass.py`: where the maps of a method look, and the paper's two claims of it.
- `part_metrics.py`: area and rates of a part of the exams.
- `subgroups.py`: results by subgroup, and whether its groups differ.
- `stress.py`: the same exams with and without a stress, compared.
- `stress_rows.py`: `stress.csv` and `refused.csv`; `stress_json.py`: `stress.json`.
"""
