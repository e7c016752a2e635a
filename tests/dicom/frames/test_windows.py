import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.frames.windows import choose_window
from bsgi.errors import DicomError


def _window(*ranges: tuple[float | None, float | None], name: str = "") -> Dataset:
    window = Dataset()
    window.EnergyWindowName = name
    window.EnergyWindowRangeSequence = []
    for lower, upper in ranges:
        limits = Dataset()
        limits.EnergyWindowLowerLimit, limits.EnergyWindowUpperLimit = lower, upper
        window.EnergyWindowRangeSequence.append(limits)
    return window


def _file(*windows: Dataset) -> Dataset:
    dataset = Dataset()
    dataset.EnergyWindowInformationSequence = list(windows)
    return dataset


def test_the_photopeak_is_taken_and_said() -> None:
    dataset = _file(_window((100, 120)), _window((126, 154.4)), _window((160, 180)))
    window = choose_window(dataset, (1, 2, 3))
    assert (window.number, window.limits_kev) == (2, (126.0, 154.4))
    assert window.notes == (
        "the photopeak window 126 to 154.4 keV was taken, 2 other left out",
    )


@pytest.mark.parametrize(
    "second",
    [
        _window((110, 154)),  # two photopeaks
        _window((90, 120)),  # none besides a name
    ],
)
def test_where_it_is_not_clear_nothing_is_taken(second: Dataset) -> None:
    first = (
        _window((126, 154))
        if second.EnergyWindowRangeSequence[0].EnergyWindowUpperLimit > 140
        else _window(name="Tc-99m")
    )
    with pytest.raises(
        DicomError, match=r"one energy window around 140.5 keV, got [02]"
    ):
        choose_window(_file(first, second), (1, 2))


def test_the_only_window_is_taken_whatever_it_says() -> None:
    assert choose_window(Dataset(), (1,)).limits_kev is None
    only = choose_window(_file(_window((126, 154))), (1,))
    assert (only.limits_kev, only.notes) == ((126.0, 154.0), ())
    named = choose_window(_file(_window(name="Tc-99m")), (1,))
    assert (named.limits_kev, named.notes) == (None, ())


@pytest.mark.parametrize(
    ("window", "note"),
    [
        (_window((126, 154), (90, 120)), "the energy window has 2 ranges"),
        (_window((154, 126)), "is not believable"),
        (_window((0, 154)), "is not believable"),
        (_window((None, 154)), "is not believable"),
    ],
)
def test_a_window_without_usable_limits_is_noted(window: Dataset, note: str) -> None:
    found = choose_window(_file(window), (1,))
    assert found.limits_kev is None
    assert note in found.notes[0]


def test_a_window_that_is_not_described_is_refused() -> None:
    with pytest.raises(DicomError, match="energy window 2 of a frame is not described"):
        choose_window(_file(_window((126, 154))), (2,))
