"""The exam: its record, its orientation, its preprocessing and what is measured on it.

May import `bsgi.provenance`, `bsgi.files` and `bsgi.errors` only.

- `record.py`: `Side`, `Projection`, `ViewName`, `View`, `Exam`, `Lesion`, `Truth`.
- `orientation.py`: from the camera's pixels to one pose, and back.
- `uptake.py`: breast area, normal tissue, ratios and asymmetries.
- `quality/`: what makes a view or an exam doubtful.
- `preprocess.py`: from an exam to the four-channel image a network sees.
- `stress.py`: `STRESSES`: what can go wrong with an exam, laid on one that was right.
"""
