#!/bin/sh
# Coverage of every interval and size of every test, by simulation: about an hour on one core.
#
#     runs/coverage.sh                        all tables, 10,000 data sets per cell
#     runs/coverage.sh --sets 500             a first look
#     runs/coverage.sh --docs                 also writes them into docs/concepts/statistics.md
#     runs/coverage.sh --help
#
# Exit status 1 if a bound breaks. PYTHON chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
[ -x "$python" ] || python=python3
# One thread, so that the time printed means something.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
exec "$python" -m runs.coverage "$@"
