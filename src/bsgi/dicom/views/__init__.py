"""Which of the four views frames show, from what their file says; never a guess.

- `words.toml`: the spellings that are understood, in English.
- `words.py`: that table, with a site's own words laid on top of it.
- `spelling.py`: a free text as plain words and numbers.
- `reading.py`: those as words of the table, joined ones parted, or unknown.
- `sides.py`: which sides of a text are the view's and which an arm's.
- `clues.py`: which of the four views a text allows.
- `coded.py`: the same of coded views, modifiers and regions.
- `find.py`: the one view that all of it agrees on, or the reason why there is none.
- `notes.py`: what texts of an accepted view say that somebody should look at.
"""
