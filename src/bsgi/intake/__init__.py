"""The ways into a cohort: DICOM files, plain images, or a simulated population.

May import `bsgi.dicom`, `bsgi.cohort`, `bsgi.physics`, `bsgi.exam` and the rooms below.

- `tables/`: anyone's tables, CSV or XLSX, under our names of the columns.
- `labels.py`: the table of pathology, read without guessing.
- `archive.py`: the files of a folder and what tables call them.
- `processes.py`: a task in several processes, its results in order.
- `spool.py`: counts that wait for their exam.
- `found.py`: records of what was found: views, refusals, studies.
- `reading.py`: files to views, several at a time.
- `choose.py`: duplicates, and which of several acquisitions is kept.
- `collect.py`: every file of a folder to a view, a duplicate or a refusal.
- `joining.py`: which row of the table is a study's own, and why a row is nobody's.
- `naming.py`: which exam a study becomes, and which label is its own.
- `overrule.py`: a physicist's decisions on doubtful views.
- `exams.py`: a named study to an exam; truth follows the pseudonyms.
- `rules.py`, `summary.py`, `outside.py`: what a site sets, what it is told, and what
  is kept outside of the cohort.
- `folder.py`: a folder and a table to a cohort.
- `images/`: plain images and a table to a cohort.
- `last_look.py`: what can be seen only before identities are removed.
- `deidentified.py`: DICOM files to DICOM files without identities.
- `simulated.py`: a simulated population to DICOM files, labels and truth.
"""
