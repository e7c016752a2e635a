"""Tables that people keep, as texts under our names of the columns.

- `sheet.py`: a table as it stands.
- `text.py`: CSV of any separator, encoding and line end.
- `workbook.py`: XLSX workbooks.
- `read.py`: the right sheet and the right columns.
- `fields.py`: what stands in a field: labels, dates, numbers.
"""
