"""bfloat16 or float32: decided once per run, by timing steps of the actual network.

bfloat16 has the range of float32 and 8 bits of precision. It is only offered where the
processor multiplies it in hardware; the weights and the sums stay float32 (autocast).
Loss and momentum are float32 always. Whoever resumes reads the decision and never
measures again, since another choice gives other weights.
"""

import copy
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from bsgi.models.network import Classifier

Arithmetic = Literal["float32", "bfloat16"]

WORTH_IT = 1.2
"""bfloat16 must be this many times faster; a tie must not be decided by noise."""

_WARM_UP_STEPS = 2
_TIMED_STEPS = 3


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about arithmetic when a run began, and why.

    Args:
        precision: Arithmetic of convolutions and matrix products in training.
        threads: Processor threads.
        reason: ``recipe``, ``processor`` (it lacks bfloat16), or ``measured``.
        float32_step_s: Time of one float32 step; None if not measured.
        bfloat16_step_s: Time of one bfloat16 step; None if not measured.
        torch_version: Version of PyTorch that made the decision.
    """

    precision: Arithmetic
    threads: int
    reason: Literal["recipe", "processor", "measured"]
    float32_step_s: float | None = None
    bfloat16_step_s: float | None = None
    torch_version: str = torch.__version__

    def __post_init__(self) -> None:
        if self.precision not in ("float32", "bfloat16"):
            raise ValueError(
                f"precision must be float32 or bfloat16, got {self.precision!r}."
            )
        if self.threads < 1:
            raise ValueError(f"threads must be positive, got {self.threads}.")


def processor_has_amx() -> bool:
    """Whether the processor has Intel's matrix unit, usable by this system."""
    return bool(torch.cpu._is_amx_tile_supported())


def processor_has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 in hardware (AMX or AVX512-BF16)."""
    avx512 = bool(torch.cpu._is_avx512_bf16_supported())
    return avx512 or processor_has_amx()


def use_precision(precision: Arithmetic) -> AbstractContextManager[object]:
    """A block whose convolutions and matrix products run in a given arithmetic."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16")


def decide_precision(
    wanted: Literal["auto", "float32", "bfloat16"],
    network: Classifier,
    images: Float[Tensor, "exam view row col"],
    threads: int,
) -> Decision:
    """The arithmetic of a run: what the recipe says, or what measures faster.

    Args:
        wanted: What the recipe says.
        network: The network to be trained; a copy of it is timed.
        images: One batch of the size that training uses.
        threads: Processor threads of the run, set by the caller.
    """
    if wanted != "auto":
        return Decision(wanted, threads, "recipe")
    if not processor_has_bfloat16():
        return Decision("float32", threads, "processor")
    labels = torch.arange(len(images)) % 2
    full_s, half_s = _time_steps(network, images, labels)
    faster: Arithmetic = "bfloat16" if half_s * WORTH_IT < full_s else "float32"
    return Decision(faster, threads, "measured", round(full_s, 4), round(half_s, 4))


def _time_steps(
    network: Classifier,
    images: Float[Tensor, "exam view row col"],
    labels: Int64[Tensor, " exam"],
) -> tuple[float, float]:
    """Time of forward and backward in float32 and in bfloat16.

    In turn, and the shortest of several, so that other work on the machine does not
    decide; the optimiser costs the same in both.
    """
    trial = copy.deepcopy(network).train()
    times_s: dict[Arithmetic, list[float]] = {"float32": [], "bfloat16": []}
    for _ in range(_WARM_UP_STEPS + _TIMED_STEPS):
        for precision, measured_s in times_s.items():
            begun = time.perf_counter()
            with use_precision(precision):
                logits = trial(images)
            loss = nn.functional.cross_entropy(logits.float(), labels)
            torch.autograd.backward(loss)
            trial.zero_grad()
            measured_s.append(time.perf_counter() - begun)
    full_s, half_s = (min(each[_WARM_UP_STEPS:]) for each in times_s.values())
    return full_s, half_s
