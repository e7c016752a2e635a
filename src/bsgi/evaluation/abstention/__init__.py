"""Benign, malignant or refer: two thresholds whose error per label has a bound.

A conformal classifier keeps each label that is not too strange for an exam, judged by
the scores of calibration patients of that label. Where one label is left it is the
call; where both or none are left the exam is referred to a physician.

- `thresholds.py`: the two thresholds, from calibration scores.
- `decisions.py`: what they make of a score, and when that is an error.
- `guarantee.py`: how large the error can be, by where the calibration scores are from.
- `outcomes.py`: measured errors, referrals and rates, with intervals of the patients.
- `chosen.py`: the thresholds of each repeat and fold of a study.
- `shift.py`: thresholds of one camera applied to another.
- `summary.py`: all of it for one method.
"""
