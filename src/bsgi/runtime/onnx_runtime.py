"""The graph of a bundle by ONNX Runtime, in float32."""

import os
from typing import Any, Final

# Its builds for Linux keep a number for the computer and usage data in the home folder
# and send them to Microsoft, from the import on, unless this is set before.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np
import onnxruntime
from jaxtyping import Float32

from bsgi.runtime.bundle import Bundle
from bsgi.runtime.engine import EngineOutput
from bsgi.runtime.folder import BundleError
from bsgi.runtime.graph import INPUT, OUTPUTS

_ERRORS_ONLY: Final = 3


class OnnxRuntimeEngine:
    """ONNX Runtime on the processor, in float32.

    Args:
        bundle: A verified bundle.
        threads: Threads of the network; 0 takes every core.

    Raises:
        BundleError: If ONNX Runtime cannot run the graph.
    """

    precision = "float32"

    def __init__(self, bundle: Bundle, threads: int = 0) -> None:
        self.name = f"onnxruntime {onnxruntime.__version__}"
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        # Without it, where float32 is asked for, some processors compute in bfloat16.
        options.add_session_config_entry(
            "mlas.enable_gemm_fastmath_arm64_bfloat16", "0"
        )
        try:
            self._session: Any = onnxruntime.InferenceSession(
                bundle.graph, options, providers=["CPUExecutionProvider"]
            )
        except Exception as reason:  # noqa: BLE001 - the library has no common class
            raise BundleError(_explain(bundle, reason)) from None

    def run(self, images: Float32[np.ndarray, "exam 4 size size"]) -> EngineOutput:
        """One pass over some exams."""
        return EngineOutput(*self._session.run(list(OUTPUTS), {INPUT: images}))


def _explain(bundle: Bundle, reason: Exception) -> str:
    said = " ".join(str(reason).split())[:200]
    return f"{bundle.folder} must hold a graph that ONNX Runtime runs, but: {said}"
