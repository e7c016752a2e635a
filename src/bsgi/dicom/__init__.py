"""The door between DICOM and the exam record; the only room that speaks DICOM.

May import `bsgi.exam`, `bsgi.evaluation` and the rooms below them, and pydicom.

- `codes.py`: view, laterality and tracer codes, and unique identifiers from a text.
- `header.py`: `StudyHeader`, what a study says about itself beside its pixels.
- `write.py`: a `View` to an NM Image Storage file.
- `parse.py`: bytes on disk to a dataset, and fields of it, with one kind of error.
- `kind.py`: what is no original planar image of a breast, with its reason.
- `views/`: which of the four views frames show, or why that is not clear.
- `frames/`: which frames make which view, and their counts, decoded and summed.
- `identity.py`: whose exam it is, when it was made and with how much tracer.
- `persons.py`: who a file is of, by digests that stay in memory.
- `pseudonyms.py`: patients, identifiers and dates by a keyed hash.
- `cameras.py`: names of cameras, those of known makers and pseudonyms for others.
- `terms.py`: the defined terms that may be passed on and quoted.
- `deidentify/`: a file to a file without identities, checked by reading it back.
- `read.py`: a file to its views, or the reasons why it has none.
- `results/`: what a model says of an exam, back into its study.
"""
