"""The leak court: what a network could learn from a cohort besides the disease.

- `fingerprint.py`: what is kept of a view to find its copies.
- `resemblance.py`: whether two views are of one acquisition, the judge.
- `duplicates.py`: views of different women that are copies of each other.
- `identity.py`: what the tables of a cohort say of one woman under two ids.
- `parts.py`: patients in two parts of a split, and the parts that copies join.
- `acquisition.py`: count level, duration and matrix of the exams.
- `confounding.py`: labels that site, date, camera or count level alone predict.
- `association.py`: one such quantity and the label: test and strength.
- `permuted_labels.py`: the labels of a cohort dealt anew among its patients.
- `permuted_cohort.py`: a cohort with such labels, on disk.
- `logistic.py`: logistic regression with a small penalty.
- `permutation.py`: what a regression on the uptake finds in labels without meaning.
- `wording.py`: faults and hints in sentences.
- `tally.py`: texts of one kind, counted together.
- `doubts.py`: exams whose quality is in doubt, the most urgent first.
- `noted.py`: what the import noted, the most important first.
- `arrival.py`: what came and what became of it, counted from the tables.
- `note.py`: all of it as a note for a colleague.
- `result.py`: `check.json`: all that was found, and what was accepted by name.
- `court.py`: `check_cohort`: all of it together.
"""
