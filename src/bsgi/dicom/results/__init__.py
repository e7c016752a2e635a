"""What a model says of an exam, as DICOM objects in the study of the exam.

Every object says that an algorithm made it and that it is for research only.

- `codes.py`: codes of the standard, and private ones where it has none.
- `source.py`: `SourceImages`, the original files that results refer to.
- `uids.py`: identifiers that sources and model give again.
- `instance.py`: what every result says of patient, study, series and equipment.
- `content.py`: items of a structured report.
- `hot_spot.py`: where a heat map is hottest, as an ellipse.
- `structured_report.py`: the numbers, the decision and its reasons (TID 1500).
- `parametric_map.py`: the heat map of a view.
- `secondary_capture.py`: views, maps and numbers as a picture in colour.
- `picture.py`: how that picture is drawn.
- `write.py`: all of them to files.
"""
