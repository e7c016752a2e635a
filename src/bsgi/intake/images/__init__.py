"""Plain images of views, listed in a table, to a cohort.

- `table.py`: the rows of the table, and the exams they make.
- `naming.py`: the names of these exams.
- `declared.py`: what a PNG or TIFF declares of its values, and which of it is refused.
- `pixels.py`: PNG, TIFF and NPY files to counts.
- `cohort.py`: a table and its images to a cohort.
"""
