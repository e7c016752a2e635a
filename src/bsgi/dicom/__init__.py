"""The door between DICOM and the exam record; the only room that speaks DICOM.

May import `bsgi.exam`, `bsgi.evaluation` and the rooms below them, and pydicom.

- `codes.py`: view, laterality and tracer codes, and unique identifiers from a text.
- `header.py`: `StudyHeader`, what a study says about itself beside its pixels.
- `write.py`: a `View` to an NM Image Storage file.
- `parse.py`: bytes on disk to a dataset, and fields of it, with one kind of error.
- `find_view.py`: which of the four views a file holds, or why that is not clear.
- `pixels.py`: the counts of a file, heads in order, and what they must fulfil.
- `identity.py`: whose exam it is, when it was made and with how much tracer.
- `read.py`: a file to a `SourceView`, or the reason why it is none.
"""
