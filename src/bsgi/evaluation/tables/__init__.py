"""Anyone's table of scores.

- `columns.py`: which column is which.
- `any_table.py`: the table as predictions, ratings of readers and groups.
"""
