"""The commands: one thin function each, which reads options and calls the rooms.

May import every room, lazily: inside the function of the command, so that
`bsgi --help` answers at once and a clinic command never loads PyTorch.

- `start.py`: where the program begins.
- `app.py`: the program, its exit statuses and its one-line errors.
- `terminal.py`: progress bars, and results in words or as JSON.
- one file per command: `simulate.py`, `import_.py`, `train.py`, `explain.py`, ...
"""
