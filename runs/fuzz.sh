#!/bin/sh
# Coverage-guided fuzzing of the reader of DICOM files with atheris: 20 minutes on one core.
#
#     .venv/bin/pip install atheris  once; Linux only
#     runs/fuzz.sh                  20 minutes
#     MINUTES=2 runs/fuzz.sh        a first look
#     CORPUS=DIR runs/fuzz.sh       keeps what it learned in DIR, and begins with it
#
# Exit status 1 if an input raises, takes over 10 s or needs over 1 GB; the input then lies
# in FINDINGS (default: fuzz-findings). PYTHON chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
[ -x "$python" ] || python=python3
minutes=${MINUTES:-20}
findings=${FINDINGS:-fuzz-findings}
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
if [ -n "${CORPUS:-}" ]; then
    corpus=$CORPUS
else
    corpus=$(mktemp -d)
    trap 'rm -rf "$corpus"' EXIT
fi
mkdir -p "$corpus" "$findings"
"$python" -m runs.fuzz_import --seeds "$corpus"
status=0
nice -n 19 "$python" -m runs.fuzz_import -max_total_time=$((minutes * 60)) -timeout=10 \
    -rss_limit_mb=1024 -max_len=16384 -reload=0 -print_final_stats=1 \
    -artifact_prefix="$findings/" "$corpus" || status=1
rmdir "$findings" 2>/dev/null || true
exit $status
