"""Several readers of the same cases: do two modalities differ, do readers agree?

- `rating_table.py`: ratings of every reader, in every modality, of every case.
- `covariances.py`: how the areas of all readings vary with the cases, in three ways.
- `variances.py`: the parts of the spread of areas: modalities, readers, both, cases.
- `reader_model.py`: what an analysis of readers finds, as records.
- `obuchowski_rockette.py`: that analysis, for other readers, other cases, or both.
- `mrmc.py`: areas of several trainings on the same exams, for new ones of both.
- `agreement.py`: kappa and intraclass correlations of readers.
- `sample_size.py`: readers and cases that would show a difference.
- `analysis.py`: all of it from one table of ratings.
"""
