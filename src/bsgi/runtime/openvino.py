"""The graph of a bundle by OpenVINO, in float32."""

import sys
from typing import Any

# OpenVINO sends usage data through this package where it finds it; without it a stub
# takes its place. It must be hidden before OpenVINO is imported for the first time.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

import numpy as np  # noqa: E402
import openvino  # noqa: E402
from jaxtyping import Float32  # noqa: E402

from bsgi.runtime.bundle import Bundle  # noqa: E402
from bsgi.runtime.engine import EngineOutput  # noqa: E402
from bsgi.runtime.folder import BundleError  # noqa: E402
from bsgi.runtime.graph import OUTPUTS  # noqa: E402


class OpenVinoEngine:
    """OpenVINO on the processor.

    It takes bfloat16 by itself where the processor has it, so float32 is asked for.

    Args:
        bundle: A verified bundle.
        threads: Threads of the network; 0 takes every core.

    Raises:
        BundleError: If OpenVINO cannot run the graph.
    """

    precision = "float32"

    def __init__(self, bundle: Bundle, threads: int = 0) -> None:
        self.name = f"openvino {openvino.__version__}"
        settings: dict[str, Any] = {
            "INFERENCE_PRECISION_HINT": "f32",
            "EXECUTION_MODE_HINT": "ACCURACY",
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "CACHE_DIR": "",
        }
        try:
            core = openvino.Core()
            model = core.read_model(bundle.graph)
            self._compiled: Any = core.compile_model(model, "CPU", settings)
        except RuntimeError as reason:
            said = " ".join(str(reason).split())[:200]
            raise BundleError(
                f"{bundle.folder} must hold a graph that OpenVINO runs, but: {said}"
            ) from None

    def run(self, images: Float32[np.ndarray, "exam 4 size size"]) -> EngineOutput:
        """One pass over some exams."""
        found = self._compiled(images)
        return EngineOutput(*(np.array(found[name], np.float32) for name in OUTPUTS))
