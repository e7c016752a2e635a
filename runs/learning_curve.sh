#!/bin/sh
# The learning curve of the paper's methods on simulated exams: AUC against the number of
# training patients, 50 to 2,000, with one test set of 1,000 other women.
#
#     runs/learning_curve.sh FOLDER           FOLDER takes everything that is made on the way
#     DOCS=1 runs/learning_curve.sh FOLDER    also copies the figure into docs/images/paper/
#
# Stopped, the same command goes on where it was. SIZES and REPEATS change the design
# (default 50,100,186,500,1000,2000 and one training of each). About an hour of two cores.
set -eu
cd "$(dirname "$0")/.."
out=$1
bsgi=.venv/bin/bsgi
mkdir -p "$out"

[ -d "$out/simulation" ] ||
  $bsgi simulate "$out/simulation" --exams 3000 --malignant 1130 --seed 11 --processes 2
[ -d "$out/cohort" ] ||
  $bsgi import "$out/simulation/dicom" --labels "$out/simulation/labels.csv" \
    --truth "$out/simulation/truth" --keep-ids --out "$out/cohort"
$bsgi study "$out/cohort" --recipe paper --sizes "${SIZES:-50,100,186,500,1000,2000}" \
  --repeats "${REPEATS:-1}" --out "$out/curve"

if [ -n "${DOCS:-}" ]; then
  mkdir -p docs/images/paper
  cp "$out/curve/figures/learning-curve.svg" docs/images/paper/
fi
