"""The graph of a RUN against PyTorch and Grad-CAM by autograd, camera by camera.

    .venv/bin/python runs/parity.py RUN BUNDLE --exams 200

Logits and heat maps of simulated exams of every camera, in batches of 1, 3 and 16, by
ONNX Runtime and by OpenVINO, against PyTorch, MONAI and Captum. Exit status 1 if a
deviation is over the bound, as a share of the largest absolute value. With capped
instructions (ATEN_CPU_CAPABILITY, ONEDNN_MAX_CPU_ISA) the bound is --bound 1e-4.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))  # the two libraries are asked as the tests ask them

from tests.training.export.autograd import captum_maps, monai_maps  # noqa: E402

from bsgi.exam.preprocess import preprocess  # noqa: E402
from bsgi.physics.camera.catalogue import CAMERAS  # noqa: E402
from bsgi.physics.population.population import Population  # noqa: E402
from bsgi.physics.simulate import simulate_exam  # noqa: E402
from bsgi.runtime.bundle import Bundle, load_bundle  # noqa: E402
from bsgi.runtime.engine import Engine  # noqa: E402
from bsgi.runtime.onnx_runtime import OnnxRuntimeEngine  # noqa: E402
from bsgi.runtime.openvino import OpenVinoEngine  # noqa: E402
from bsgi.training.export.graph import require_head  # noqa: E402
from bsgi.training.export.parity import BATCHES  # noqa: E402
from bsgi.training.maps import load_network  # noqa: E402
from bsgi.training.run_folder import load_run_record  # noqa: E402


def main() -> None:
    """Compare, print one line per camera and engine, and judge."""
    parser = argparse.ArgumentParser(description="Parity on exams of every camera.")
    parser.add_argument("run", type=Path)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--exams", type=int, default=200)
    parser.add_argument("--bound", type=float, default=1e-5)
    chosen = parser.parse_args()
    bundle = load_bundle(chosen.bundle)
    record = load_run_record(chosen.run)
    network = require_head(load_network(chosen.run, record), record.recipe.name)
    engines: list[Engine] = [OnnxRuntimeEngine(bundle), OpenVinoEngine(bundle)]
    worst = 0.0
    for camera in sorted(CAMERAS):
        images = draw(camera, chosen.exams, bundle)
        with torch.no_grad():
            logits = network(torch.from_numpy(images)).numpy()
        theirs = {"MONAI": monai_maps(network, images)}
        theirs["Captum"] = captum_maps(network, images)
        for engine in engines:
            for batch in BATCHES:
                parts = range(0, len(images), batch)
                found = [engine.run(images[start : start + batch]) for start in parts]
                ours = np.concatenate([each.logits for each in found])
                maps = np.concatenate([each.maps for each in found])
                apart = {"logits": deviate(ours, logits)}
                apart |= {name: deviate(maps, each) for name, each in theirs.items()}
                worst = max(worst, *apart.values())
                shown = ", ".join(f"{key} {value:.1e}" for key, value in apart.items())
                print(f"{camera}, {engine.name.split()[0]}, batch {batch}: {shown}")
    print(f"worst {worst:.1e}, bound {chosen.bound:g}")
    sys.exit(int(worst > chosen.bound))


def draw(camera: str, exams: int, bundle: Bundle) -> np.ndarray:
    """Preprocessed simulated exams of a camera."""
    population = Population("paper", camera, exams, exams // 3, 740.0, seed=77)
    return np.stack(
        [
            preprocess(simulate_exam(population, index)[0], bundle.settings)
            for index in range(exams)
        ]
    )


def deviate(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Largest deviation over the largest absolute value."""
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


if __name__ == "__main__":
    main()
