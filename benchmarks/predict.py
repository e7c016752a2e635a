"""How fast a bundle predicts: from the start of the process, and exam by exam.

    python benchmarks/predict.py RUN DICOM --study DICOM/ONE --repeats 20
    python benchmarks/predict.py RUN DICOM --threads 2 --json

RUN is a finished training and DICOM a folder of files. Cold start: from the start of
the process to CSV and NPZ on disk, for the one study, files cached, against a script
that does the same with PyTorch and Grad-CAM by a backward pass, in turn. Throughput:
each part of a prediction by itself, for each engine. How busy the machine is stands
beside the figures.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bsgi.cli.predict_source import open_source
from bsgi.evaluation.calibration.calibrator import load_calibration
from bsgi.exam.prediction import Prediction
from bsgi.exam.preprocess import preprocess
from bsgi.exam.record import Exam
from bsgi.runtime.bundle import Bundle, load_bundle
from bsgi.runtime.engine import Engine
from bsgi.runtime.maps import lay_maps
from bsgi.runtime.onnx_runtime import OnnxRuntimeEngine
from bsgi.runtime.openvino import OpenVinoEngine
from bsgi.runtime.output import save_maps
from bsgi.runtime.predict import Calibrator, Predictor
from bsgi.runtime.values import measure_values

WITH_PYTORCH = """
import csv, sys
from pathlib import Path
import numpy as np
import torch
from bsgi.cli.predict_source import open_source
from bsgi.exam.preprocess import preprocess
from bsgi.explain.gradcam import explain_gradcam
from bsgi.runtime.maps import lay_maps
from bsgi.runtime.values import measure_values
from bsgi.training.maps import load_network
from bsgi.training.run_folder import load_run_record
run, source, out = map(Path, sys.argv[1:])
record = load_run_record(run)
network = load_network(run, record)
settings = record.recipe.preprocess.settings()
out.mkdir()
with open_source(source, out, key=None, keep_ids=True, progress=print) as found:
    with (out / "predictions.csv").open("w") as stream:
        table = csv.writer(stream)
        for exam in found.exams:
            image = torch.from_numpy(preprocess(exam, settings)[None])
            cam = explain_gradcam(network, image)
            values = measure_values(exam)
            maps = lay_maps(cam.malignant[0].numpy(), exam, settings)
            table.writerow([exam.exam_id, float(cam.scores[0]), values])
            arrays = {heat.view.value: heat.evidence for heat in maps}
            np.savez(out / f"{exam.exam_id}.npz", **arrays)
"""


def main() -> None:
    """Time both and print the figures."""
    parser = argparse.ArgumentParser(description="Time predictions.")
    parser.add_argument("run", type=Path)
    parser.add_argument("source", type=Path)
    parser.add_argument("--study", type=Path, help="folder of one study, cold start")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        program = Path(sys.executable).with_name("bsgi")
        export = [program, "export", chosen.run, "--out", folder / "bundle"]
        subprocess.run(export, check=True, capture_output=True)
        found: dict[str, Any] = {"load": os.getloadavg()[0], "cores": os.cpu_count()}
        if chosen.study:
            found["cold_start"] = time_start(
                chosen.run, chosen.study, folder, chosen.repeats
            )
        found["parts"] = time_parts(folder, chosen.source, chosen.threads)
    if chosen.json:
        print(json.dumps(found, indent=2))
        return
    print(f"load {found['load']:.1f} on {found['cores']} cores")
    for name, value in found.get("cold_start", {}).items():
        print(f"cold start, {name}: {value:.2f}")
    for name, value in found["parts"].items():
        print(f"{name}: {value:.2f}")


def time_start(run: Path, study: Path, folder: Path, repeats: int) -> dict[str, float]:
    """Medians of seconds from the start of a process to its last file."""
    program = Path(sys.executable).with_name("bsgi")
    bundle = folder / "bundle"
    commands: dict[str, Callable[[Path], list[str | Path]]] = {
        "bsgi predict, s": lambda out: [
            program, "predict", study, "--model", bundle, "--out", out, "--keep-ids",
        ],
        "PyTorch and backward pass, s": lambda out: [
            sys.executable, "-c", WITH_PYTORCH, run, study, out,
        ],
    }  # fmt: skip
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for repeat in range(repeats + 1):  # the first brings the files into memory
        for number, (name, build) in enumerate(commands.items()):
            command = build(folder / f"out-{number}-{repeat}")
            begun = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            if repeat:
                seconds[name].append(time.perf_counter() - begun)
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    ours, theirs = medians.values()
    return {**medians, "times faster": theirs / ours}


def time_parts(folder: Path, source: Path, threads: int) -> dict[str, float]:
    """Milliseconds per exam of each part, the network by each engine."""
    bundle = load_bundle(folder / "bundle")
    begun = time.perf_counter()
    with open_source(
        source, folder / "x", key=None, keep_ids=True, progress=lambda *_: None
    ) as found:
        exams = list(found.exams)
    read_s = time.perf_counter() - begun
    parts = {
        "exams": float(len(exams)),
        "read, ms": 1e3 * read_s / len(exams),
        "preprocess, ms": _time(lambda e: preprocess(e, bundle.settings), exams),
        "values, ms": _time(measure_values, exams),
    }
    evidence = np.zeros((bundle.facts.shape.map_rows,) * 2, np.float32)
    parts["maps, ms"] = _time(lambda e: lay_maps(evidence, e, bundle.settings), exams)
    for engine in (OnnxRuntimeEngine(bundle, threads), OpenVinoEngine(bundle, threads)):
        name = engine.name.split()[0]
        for batch in (1, 8):
            each_ms = _time_network(engine, bundle, exams, batch)
            parts[f"network, {name}, batches of {batch}, ms"] = each_ms
    parts["write, ms"] = _time_write(folder, bundle, exams, threads)
    return parts


def _time(work: Callable[[Exam], object], exams: list[Exam]) -> float:
    begun = time.perf_counter()
    for exam in exams:
        work(exam)
    return 1e3 * (time.perf_counter() - begun) / len(exams)


def _time_network(
    engine: Engine, bundle: Bundle, exams: list[Exam], batch: int
) -> float:
    images = np.stack([preprocess(exam, bundle.settings) for exam in exams[:batch]])
    engine.run(images)
    rounds = max(3, 40 // batch)
    begun = time.perf_counter()
    for _ in range(rounds):
        engine.run(images)
    return 1e3 * (time.perf_counter() - begun) / (rounds * len(images))


def _time_write(folder: Path, bundle: Bundle, exams: list[Exam], threads: int) -> float:
    engine = OnnxRuntimeEngine(bundle, threads)
    calibrator = _load_calibrator(bundle)
    made = list(Predictor(bundle, engine, calibrator).predict(exams[:20]))
    kept = [one for one in made if isinstance(one, Prediction)]
    place = folder / ".maps.partial"
    begun = time.perf_counter()
    for one in kept:
        save_maps(place / f"{one.exam_id}.npz", one)
    return 1e3 * (time.perf_counter() - begun) / max(len(kept), 1)


def _load_calibrator(bundle: Bundle) -> Calibrator | None:
    if not bundle.calibrated:
        return None
    return load_calibration(bundle.folder / "calibration.json").calibrator


if __name__ == "__main__":
    main()
