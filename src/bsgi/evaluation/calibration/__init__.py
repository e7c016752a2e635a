"""How far probabilities can be believed, and how scores become probabilities.

A probability is calibrated if, of all exams that are given 30 %, 30 % are malignant.
What is measured here is measured on test exams; what is fitted is fitted on others.
Patients, and not exams, are the independent units of every interval.

- `forecasts.py`: labels, probabilities and patients side by side, checked once.
- `real_estimate.py`: a quantity that is no share, with its interval by patients.
- `bins.py`: observed against predicted in bins of equal numbers of exams.
- `isotonic.py`: the rising step function that fits best, also as a recalibration.
- `curve.py`: the calibration curve without bins, and the Brier score's parts by it.
- `brier.py`: the Brier score, its parts by bins, and its skill.
- `logistic.py`: logistic regression by maximum likelihood.
- `slope.py`: calibration intercept and slope.
- `expected.py`: expected over observed malignant exams.
- `summary.py`: all of this for one method.
- `decision_curve.py`: net benefit against the threshold probability.
- `temperature.py`, `platt.py`, `venn_abers.py`: three more recalibrations.
- `calibrator.py`: a recalibration by name, and `calibration.json`.
- `source.py`: which scores given probabilities were fitted on.
- `recalibrate.py`: probabilities for test rows from rows that may calibrate them.
"""
