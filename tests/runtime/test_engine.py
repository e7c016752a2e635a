"""Both engines give PyTorch's numbers, for any number of exams, and stay silent."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

from bsgi.runtime.bundle import Bundle, load_bundle
from bsgi.runtime.engine import Engine
from bsgi.runtime.folder import BundleError
from bsgi.runtime.onnx_runtime import OnnxRuntimeEngine
from bsgi.runtime.openvino import OpenVinoEngine
from bsgi.training.export.parity import compare, draw_images
from tests.runtime.make_bundle import make_bundle, some_graph, some_network

ENGINES: dict[str, Callable[..., Engine]] = {
    "onnxruntime": OnnxRuntimeEngine,
    "openvino": OpenVinoEngine,
}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return load_bundle(make_bundle(tmp_path_factory.mktemp("bundles") / "b"))


@pytest.mark.parametrize("exams", [1, 3, 16])
@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_gives_the_numbers_of_pytorch(
    name: str, exams: int, bundle: Bundle
) -> None:
    engine: Engine = ENGINES[name](bundle, threads=1)
    images = draw_images(np.random.default_rng(5), exams, 64)
    apart = compare(some_network(), engine, images)
    assert max(apart.logits, apart.features, apart.maps) <= 1e-5
    assert engine.precision == "float32"
    assert engine.name.startswith(name)


@pytest.mark.parametrize("name", ENGINES)
def test_exams_do_not_act_on_each_other(name: str, bundle: Bundle) -> None:
    engine: Engine = ENGINES[name](bundle, threads=1)
    images = draw_images(np.random.default_rng(6), 5, 64)
    together, alone = engine.run(images), engine.run(images[3:4])
    np.testing.assert_allclose(together.logits[3:4], alone.logits, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(together.maps[3:4], alone.maps, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ENGINES)
def test_a_graph_that_contradicts_itself_is_refused_in_one_line(
    name: str, tmp_path: Path
) -> None:
    """Its tensors and nodes are harmless one by one, and do not fit together."""
    model = onnx.load_from_string(some_graph()[0])
    model.graph.node[3].input[0] = "nowhere"
    folder = make_bundle(tmp_path / "b", graph=model.SerializeToString())
    loaded = load_bundle(folder)
    with pytest.raises(BundleError) as refused:
        ENGINES[name](loaded, threads=1)
    assert "\n" not in str(refused.value)


SILENT = """
import json, sys
from collections.abc import Callable
from pathlib import Path
events = []
OTHER = {"onnxruntime": "openvino", "openvino": "onnxruntime"}
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen"):
        events.append(event)
    if event == "open" and set(str(arguments[1])) & set("wax+"):
        events.append(f"{event} {arguments[0]}")
sys.addaudithook(watch)
import numpy as np
from bsgi.runtime.bundle import load_bundle
bundle = load_bundle(Path(sys.argv[1]))
if sys.argv[2] == "onnxruntime":
    from bsgi.runtime.onnx_runtime import OnnxRuntimeEngine as Engine
else:
    from bsgi.runtime.openvino import OpenVinoEngine as Engine
Engine(bundle, 1).run(np.zeros((1, 4, 64, 64), np.float32))
unwanted = ("torch", "onnx", "openvino_telemetry", OTHER[sys.argv[2]])
loaded = [name for name in unwanted if sys.modules.get(name)]
print(json.dumps({"events": events, "loaded": loaded}))
"""


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_writes_and_sends_nothing(
    name: str, bundle: Bundle, tmp_path: Path
) -> None:
    """With an empty home and an empty working folder, both stay empty."""
    home, place = tmp_path / "home", tmp_path / "place"
    home.mkdir()
    place.mkdir()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG", "HOME"))}
    done = subprocess.run(
        [sys.executable, "-B", "-c", SILENT, bundle.folder.resolve(), name],
        capture_output=True, text=True, check=False, cwd=place,
        env={**kept, "HOME": str(home), "TMPDIR": str(place)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert json.loads(done.stdout) == {"events": [], "loaded": []}
    assert list(home.rglob("*")) == []
    assert list(place.rglob("*")) == []
