"""Exams on disk: the table, the arrays, and which patient is for training or testing.

May import `bsgi.exam`, `bsgi.evaluation` and the rooms below them.

- `store.py`: `ExamRow`, `Cohort`: the table of a cohort and the way to its exams.
- `writer.py`: `CohortWriter`: a cohort made exam by exam, in one piece.
- `arrays.py`: the counts of one exam, and the truth of a simulated one, as npz files.
- `patients.py`: labelled exams by woman, who is what every split draws.
- `split.py`: `Split`: whole patients to training, calibration and test.
- `groups.py`: women into folds, hospitals, periods and nested sizes.
- `folds.py`: `Fold`: the splits of a study, all fixed before anything is trained.
- `fold_table.py`: `splits.csv`: all splits of a study in one table.
- `subgroups.py`: camera, counts, lesion and the like: the subgroups of its exams.
- `check/`: the leak court: copies, divided patients, confounders, permuted labels.
"""
