#!/bin/sh
# The paper's study from nothing, on a simulated cohort of its size: both modes, with reports.
#
#     runs/paper.sh FOLDER                    FOLDER takes everything that is made on the way
#     WEIGHTS=FILE runs/paper.sh FOLDER       the networks start from ImageNet weights
#     DOCS=1 runs/paper.sh FOLDER             also copies the figures into docs/images/paper/
#
# Stopped, the same command goes on where it was. The paper's mode (one split, five trainings
# of each method) comes first; folds by patient, the mode to trust, follow. REPEATS says how
# often the folds are drawn anew (default 2: every patient is tested twice). Times are printed.
# runs/paper_tables.py FOLDER prints the tables of docs/concepts/paper-study.md.
set -eu
cd "$(dirname "$0")/.."
out=$1
weights=${WEIGHTS:-none}
bsgi=.venv/bin/bsgi
mkdir -p "$out"

begin=$(date +%s)
say() { echo "$(( $(date +%s) - begin )) s: $1"; }

[ -d "$out/simulation" ] ||
  $bsgi simulate "$out/simulation" --exams 231 --malignant 87 --seed 1 --processes 2
[ -d "$out/cohort" ] ||
  $bsgi import "$out/simulation/dicom" --labels "$out/simulation/labels.csv" \
    --truth "$out/simulation/truth" --keep-ids --out "$out/cohort"
say "cohort ready"
$bsgi study "$out/cohort" --recipe paper --weights "$weights" --out "$out/single"
say "paper's mode and its report ready"
$bsgi study "$out/cohort" --recipe paper --weights "$weights" --folds 5 \
  --repeats "${REPEATS:-2}" --out "$out/folds"
say "folds and their report ready"

if [ -n "${DOCS:-}" ]; then
  mkdir -p docs/images/paper
  for figure in rates roc training-paper-loss training-paper-accuracy; do
    cp "$out/single/figures/$figure.svg" "docs/images/paper/single-$figure.svg"
  done
  for figure in rates roc reconstruction-autoencoder; do
    cp "$out/folds/figures/$figure.svg" "docs/images/paper/folds-$figure.svg"
  done
fi
