#!/bin/sh
# Makes the pictures and figures of docs/concepts/simulator.md again.
#
#     runs/simulator_page.sh FOLDER       FOLDER takes everything that is made on the way
#
# The acceptance tests take some minutes on two cores, the reading model's 4,200 exams of
# two cameras some twenty.
set -eu
cd "$(dirname "$0")/.."
out=$1
mkdir -p "$out"
.venv/bin/bsgi physics "$out/physics" --processes 2
for picture in exams-dilon-6800-gp resolution spectra scatter texture background; do
  cp "$out/physics/figures/$picture.png" docs/images/simulator/
done
.venv/bin/python runs/population.py
.venv/bin/python runs/reading.py --out "$out/reading"
cp "$out/reading/roc.svg" docs/images/simulator/reading.svg
