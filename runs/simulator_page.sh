#!/bin/sh
# Makes the pictures and figures of docs/concepts/simulator.md again.
#
#     runs/simulator_page.sh FOLDER       FOLDER takes everything that is made on the way
#
# Half an hour on two cores: acceptance tests, and the reading model's exams of two cameras.
set -eu
cd "$(dirname "$0")/.."
out=$1
mkdir -p "$out"
.venv/bin/bsgi physics "$out/physics" --processes 2
for picture in exams-dilon-6800-gp resolution spectra scatter texture background; do
  cp "$out/physics/figures/$picture.png" docs/images/simulator/
done
.venv/bin/python runs/population.py
.venv/bin/python runs/reading.py --exams 6000 --cameras dilon-6800-gp --out "$out/reading"
.venv/bin/python runs/reading.py --cameras lumagem-3200s-wide --out "$out/reading-two-heads"
cp "$out/reading/roc.svg" docs/images/simulator/reading.svg
