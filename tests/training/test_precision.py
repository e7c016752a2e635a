import pytest
import torch

import bsgi.training.precision as room
from bsgi.models.catalogue import build_model
from bsgi.training.precision import Decision, decide_precision


@pytest.mark.parametrize(
    ("has", "full_s", "half_s", "chosen", "reason"),
    [
        (False, 1.0, 0.1, "float32", "processor"),
        (True, 1.0, 0.4, "bfloat16", "measured"),
        (True, 1.0, 0.9, "float32", "measured"),  # a tie is not decided by noise
        (True, 1.0, 2.0, "float32", "measured"),
    ],
)
def test_auto_takes_what_measures_faster(
    monkeypatch: pytest.MonkeyPatch,
    has: bool,
    full_s: float,
    half_s: float,
    chosen: str,
    reason: str,
) -> None:
    monkeypatch.setattr(room, "processor_has_bfloat16", lambda: has)
    monkeypatch.setattr(room, "_time_steps", lambda *each: (full_s, half_s))
    network = build_model("paper-resnet")
    decision = decide_precision("auto", network, torch.zeros(2, 4, 64, 64), 2)
    assert (decision.precision, decision.reason) == (chosen, reason)
    assert decision.threads == 2
    measured = reason == "measured"
    assert decision.float32_step_s == (full_s if measured else None)
    assert decision.bfloat16_step_s == (half_s if measured else None)


def test_the_recipe_overrides_the_machine() -> None:
    network = build_model("paper-resnet")
    images = torch.zeros(2, 4, 64, 64)
    decision = decide_precision("bfloat16", network, images, 1)
    assert decision == Decision("bfloat16", 1, "recipe")


def test_timing_a_step_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "processor_has_bfloat16", lambda: True)
    network = build_model("paper-resnet", seed=3)
    before = {name: each.clone() for name, each in network.state_dict().items()}
    decision = decide_precision("auto", network, torch.rand(2, 4, 64, 64), 1)
    assert decision.float32_step_s is not None
    assert decision.float32_step_s > 0
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert all(each.grad is None for each in network.parameters())


def test_impossible_decisions_are_refused() -> None:
    with pytest.raises(ValueError, match="threads must be positive, got 0"):
        Decision("float32", 0, "recipe")
