"""The graph against PyTorch and against Grad-CAM by autograd, of MONAI and of Captum.

The exams are simulated for every camera of the catalogue; `runs/parity.py` does the
same on 200 of each.
"""

import numpy as np
import pytest
import torch
from jaxtyping import Float32

from bsgi.exam.preprocess import Preprocessing, preprocess
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.population.population import Population
from bsgi.physics.simulate import simulate_exam
from bsgi.runtime.bundle import load_bundle
from bsgi.runtime.engine import Engine
from bsgi.runtime.onnx_runtime import OnnxRuntimeEngine
from bsgi.runtime.openvino import OpenVinoEngine
from bsgi.training.export.graph import build_graph
from bsgi.training.export.parity import (
    Deviation,
    draw_images,
    measure_parity,
    prove_parity,
)
from tests.runtime.make_bundle import make_bundle, some_network
from tests.training.export.autograd import captum_maps, monai_maps

BOUND = 1e-5
SIZE = 64


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> list[Engine]:
    bundle = load_bundle(make_bundle(tmp_path_factory.mktemp("bundles") / "b"))
    return [OnnxRuntimeEngine(bundle, 1), OpenVinoEngine(bundle, 1)]


def simulated_images(camera: str, exams: int) -> Float32[np.ndarray, "exam 4 64 64"]:
    population = Population("paper", camera, exams, exams // 2, 740.0, seed=9)
    found = [simulate_exam(population, index)[0] for index in range(exams)]
    return np.stack([preprocess(exam, Preprocessing(SIZE)) for exam in found])


def assert_near(ours: np.ndarray, theirs: np.ndarray) -> None:
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= BOUND * np.abs(theirs).max()


@pytest.mark.parametrize("camera", sorted(CAMERAS))
def test_equal_on_exams_of_every_camera(camera: str, engines: list[Engine]) -> None:
    network, images = some_network(), simulated_images(camera, 3)
    with torch.no_grad():
        logits = network(torch.from_numpy(images)).numpy()
    by_monai = monai_maps(network, images)
    by_captum = captum_maps(network, images)
    for engine in engines:
        for batch in (slice(0, 1), slice(0, 3)):
            output = engine.run(images[batch])
            assert_near(output.logits, logits[batch])
            assert_near(output.maps, by_monai[batch])
            assert_near(output.maps, by_captum[batch])


def test_equal_in_batches_of_sixteen(engines: list[Engine]) -> None:
    network = some_network()
    images = draw_images(np.random.default_rng(1), 16, SIZE)
    theirs = captum_maps(network, images)
    for engine in engines:
        assert_near(engine.run(images).maps, theirs)


def test_another_network_is_found_out(engines: list[Engine]) -> None:
    """Parity is measured and not believed: weights that differ a little are seen."""
    other = some_network(seed=1)
    found, exams = measure_parity(other, engines[0], SIZE)
    assert exams == 20
    assert min(found.logits, found.maps) > 100 * BOUND
    with pytest.raises(ValueError, match="must equal its network to 1e-05"):
        prove_parity(other, engines[0], SIZE)


def test_the_proof_says_what_it_compared(engines: list[Engine]) -> None:
    parity = prove_parity(some_network(), engines[0], SIZE)
    assert parity.exams == 20
    assert parity.batches == (1, 3, 16)
    assert parity.engine.startswith("onnxruntime")
    assert parity.engine.endswith("float32")
    worst = Deviation(parity.logits, parity.features, parity.maps)
    assert 0 < max(worst.logits, worst.maps) <= BOUND


def test_images_for_the_proof_are_like_those_of_exams() -> None:
    images = draw_images(np.random.default_rng(2), 3, SIZE)
    assert images.dtype == np.float32
    assert images.min() >= 0
    inside = images[:, :, SIZE // 2, : SIZE // 8]
    assert 0.8 < float(np.median(inside)) < 1.5


def test_the_whole_trunk_has_a_graph_too() -> None:
    graph, shape = build_graph(some_network(stages=4), SIZE)
    assert (shape.channels, shape.map_rows, shape.map_cols) == (512, 2, 2)
    assert len(graph) > 40_000_000
