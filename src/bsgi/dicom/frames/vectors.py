"""Detector, energy window, phase and time slice of every frame.

References:
    DICOM PS3.3 C.8.4.8.1.1 (frame increment pointer: which vectors there are).
"""

from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset

from bsgi.dicom.parse import read_integer, read_numbers, read_values
from bsgi.errors import DicomError

MAX_FRAMES: Final = 4096
"""More than two heads and two windows have in a thousand time slices."""

_STATIC: Final = {0x00540010: "EnergyWindow", 0x00540020: "Detector"}
_DYNAMIC: Final = {**_STATIC, 0x00540030: "Phase", 0x00540100: "TimeSlice"}


@dataclass(frozen=True, slots=True)
class FrameTable:
    """What each frame of a file is, in stored order; numbers begin at 1.

    Args:
        detectors: Detector number of each frame.
        windows: Energy window number of each frame.
        phases: Phase number of each frame; 1 in a static image.
        slices: Time slice within its phase; 1 in a static image.
        dynamic: Whether the frames are steps of time.

    Raises:
        DicomError: If a frame is missing or there twice.
    """

    detectors: tuple[int, ...]
    windows: tuple[int, ...]
    phases: tuple[int, ...]
    slices: tuple[int, ...]
    dynamic: bool = False

    def __post_init__(self) -> None:
        frames = set(self._keys())
        heads, windows = set(self.detectors), set(self.windows)
        times = set(zip(self.phases, self.slices, strict=True))
        wanted = len(heads) * len(windows) * len(times)
        if len(frames) == len(self) == wanted:
            return
        if self.dynamic:
            raise DicomError(
                "must have one frame per detector, energy window and time slice, got "
                f"{len(self)} frames for {len(heads)}, {len(windows)} and {len(times)}."
            )
        raise DicomError(
            f"must have one frame per detector and energy window, got {len(self)} "
            f"frames for {len(heads)} and {len(windows)}."
        )

    def __len__(self) -> int:
        return len(self.detectors)

    def _keys(self) -> list[tuple[int, int, int, int]]:
        return list(
            zip(self.detectors, self.windows, self.phases, self.slices, strict=True)
        )

    @property
    def heads(self) -> tuple[int, ...]:
        """Numbers of the detectors, in order."""
        return tuple(sorted(set(self.detectors)))

    @property
    def times(self) -> tuple[tuple[int, int], ...]:
        """Pairs of phase and time slice, in the order of time."""
        return tuple(sorted(set(zip(self.phases, self.slices, strict=True))))

    def find(self, head: int, window: int) -> list[int]:
        """Places of the frames of one head and window, in the order of time."""
        places = {key: place for place, key in enumerate(self._keys())}
        return [places[head, window, *when] for when in self.times]


def read_vectors(dataset: Dataset) -> FrameTable:
    """What each frame of a static or dynamic NM image is.

    Args:
        dataset: An NM dataset.

    Raises:
        DicomError: If frames are steps of anything else than detector, energy window
            and, in a dynamic image, phase and time slice; if a vector does not have
            one entry per frame; or if frames are missing or there twice.
    """
    kinds = [str(value).strip() for value in read_values(dataset, "ImageType")]
    dynamic = kinds[2:3] == ["DYNAMIC"]
    pointers = {int(tag) for tag in read_values(dataset, "FrameIncrementPointer")}
    known = _DYNAMIC if dynamic else _STATIC
    if pointers - set(known):
        if dynamic:
            raise DicomError(
                "must have frames of detector, energy window, phase and time slice."
            )
        raise DicomError(
            "must be a static image: its frames are steps of time or angle."
        )
    frames = read_integer(dataset, "NumberOfFrames")
    frames = 1 if frames is None else frames
    if not 1 <= frames <= MAX_FRAMES:
        raise DicomError(f"must have 1 to {MAX_FRAMES} frames, got {frames}.")
    vectors = {
        name: _read_vector(dataset, name, frames, pointed=tag in pointers)
        for tag, name in known.items()
    }
    ones = (1,) * frames
    return FrameTable(
        vectors["Detector"],
        vectors["EnergyWindow"],
        vectors.get("Phase", ones),
        vectors.get("TimeSlice", ones),
        dynamic,
    )


def _read_vector(
    dataset: Dataset, name: str, frames: int, *, pointed: bool
) -> tuple[int, ...]:
    """One entry per frame; all 1 where the file has one of the kind and no vector."""
    keyword = f"{name}Vector"
    vector = tuple(int(number) for number in read_numbers(dataset, keyword))
    if not vector:
        stated = None if name == "TimeSlice" else f"NumberOf{name}s"
        alone = stated is not None and read_integer(dataset, stated) == 1
        if frames == 1 or (alone and not pointed):
            return (1,) * frames
    if len(vector) != frames:
        raise DicomError(
            f"{keyword} must have one entry for each of {frames} frames, "
            f"got {len(vector)}."
        )
    return vector
