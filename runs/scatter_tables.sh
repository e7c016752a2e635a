#!/bin/sh
# Makes the scatter tables of the simulator again, in place: about 8 minutes on one core.
#
#     runs/scatter_tables.sh                      the tables, then the check
#     runs/scatter_tables.sh --check              the check alone, of the tables as they are
#     runs/scatter_tables.sh --options            what Rayleigh scatter and binding change
#
# Needs numba and xraylib: pip install "bsgi[montecarlo]". PYTHON chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
[ -x "$python" ] || python=python3
# One thread, so that the time printed means something.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1
# Without the folder of the script first on the path: a script there is named as a library.
exec "$python" -P runs/scatter_tables.py "$@"
