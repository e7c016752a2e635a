"""The ways into a cohort: a folder of DICOM files, or a simulated population.

May import `bsgi.dicom`, `bsgi.cohort`, `bsgi.physics`, `bsgi.exam` and the rooms below.

- `labels.py`: the table of pathology, read without guessing.
- `pseudonyms.py`: patients and identifiers by a keyed hash.
- `collect.py`: every file of a folder to a view, a duplicate or a refusal.
- `naming.py`: which exam a study becomes, and which label is its own.
- `folder.py`: a folder and a table to a cohort; truth follows the pseudonyms.
- `simulated.py`: a simulated population to DICOM files, labels and truth.
"""
