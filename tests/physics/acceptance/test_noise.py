import numpy as np
import pytest

from bsgi.physics.acceptance import noise
from bsgi.physics.acceptance.noise import check_noise
from bsgi.physics.acquisition.acquire import Acquisition, acquire_view


@pytest.mark.parametrize("name", ["dilon-6800-gp", "ge-nm750b-wide"])
def test_counts_vary_as_poisson_says(name: str) -> None:
    (check,) = check_noise(name, 5)
    assert check.passed


def test_smoothed_counts_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def smooth(*words: object, **more: object) -> Acquisition:
        taken = acquire_view(*words, **more)  # type: ignore[arg-type]
        frames = np.repeat(np.repeat(taken.frames[..., ::2, ::2], 2, 2), 2, 3)
        frames[..., 1:] = (taken.frames[..., 1:] + taken.frames[..., :-1]) // 2
        return Acquisition(
            frames, taken.frame_s, taken.start_s, taken.duration_s, False
        )

    monkeypatch.setattr(noise, "acquire_view", smooth)
    (check,) = check_noise("dilon-6800-gp", 5)
    assert not check.passed
