"""From the pixels a camera saved to one pose for all views, and back.

The pose: the chest wall lies at column 0 and columns run towards the nipple; rows run
from lateral to medial in a CC view and from head to foot in an MLO view. So a right
breast looks like a left one, and asymmetry can be seen by laying one on the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from jaxtyping import Float32, Shaped

from bsgi.errors import ExamError
from bsgi.exam.record import Projection, Side, View, ViewName

STANDARD_ORIENTATION: Mapping[ViewName, tuple[str, str]] = MappingProxyType(
    {
        ViewName.LCC: ("A", "R"),
        ViewName.RCC: ("P", "L"),
        ViewName.LMLO: ("A", "FR"),
        ViewName.RMLO: ("P", "FL"),
    }
)
"""Patient Orientation of views hung as in mammography, chest walls together.

Directions of a row and of a column. The simulator saves views so; and it is taken for a
view whose file does not say, which is noted as a doubt of its quality.

References:
    DICOM PS3.3, C.7.6.1.1.1 Patient Orientation; IHE Mammography Image profile.
"""


@dataclass(frozen=True, slots=True)
class Pose:
    """The steps from saved pixels to the common pose, in the order they are applied.

    Args:
        transpose: Exchange rows and columns first.
        flip_rows: Then turn the order of the rows round.
        flip_cols: Then turn the order of the columns round.
    """

    transpose: bool
    flip_rows: bool
    flip_cols: bool

    def apply(self, image: Shaped[np.ndarray, "row col"]) -> np.ndarray:
        """The image in the common pose."""
        posed = image.T if self.transpose else image
        return posed[:: -1 if self.flip_rows else 1, :: -1 if self.flip_cols else 1]

    def undo(self, image: Shaped[np.ndarray, "row col"]) -> np.ndarray:
        """An image in the common pose, such as a heat map, as the camera saved it."""
        saved = image[:: -1 if self.flip_rows else 1, :: -1 if self.flip_cols else 1]
        return saved.T if self.transpose else saved

    def spacing_mm(self, view: View) -> tuple[float, float]:
        """Distance between pixel centres down a column and along a row of the pose."""
        down, along = view.spacing_mm
        return (along, down) if self.transpose else (down, along)


def find_pose(view: View) -> Pose:
    """The pose of a view from its Patient Orientation.

    Args:
        view: A view; where it has no orientation, `STANDARD_ORIENTATION` is taken.

    Raises:
        ExamError: If the orientation does not tell where the chest wall lies, or which
            end of the other axis is lateral or cranial.
    """
    name = view.name
    row, col = view.orientation or STANDARD_ORIENTATION[name]
    transpose = _first(row) not in "AP"
    if transpose:
        row, col = col, row
    if _first(row) not in "AP":
        raise ExamError(
            f"{name}: Patient Orientation must name anterior or posterior, "
            f"got {view.orientation}."
        )
    down = _runs_down(col, name.side, name.projection)
    if down is None:
        raise ExamError(
            f"{name}: Patient Orientation must tell lateral from medial or head from "
            f"foot, got {view.orientation}."
        )
    return Pose(transpose, flip_rows=not down, flip_cols=_first(row) == "P")


def _first(direction: str) -> str:
    return direction[:1] or "?"


def _runs_down(direction: str, side: Side, projection: Projection) -> bool | None:
    """Whether a direction runs down the common pose; None if it cannot be told."""
    medial, lateral = ("R", "L") if side is Side.LEFT else ("L", "R")
    letters = [medial, lateral]
    if projection is Projection.MLO:
        letters = ["F", "H", *letters]
    for down, up in zip(letters[::2], letters[1::2], strict=True):
        if (down in direction) != (up in direction):
            return down in direction
    return None


def view_image(view: View) -> Float32[np.ndarray, "row col"]:
    """Counts of all heads together, in the common pose and the camera's own pixels.

    Args:
        view: A view; heads that are mirrored are turned round before they are added.
    """
    heads = [
        counts[:, ::-1] if mirrored else counts
        for counts, mirrored in zip(view.counts, view.heads_mirrored, strict=True)
    ]
    total = np.stack(heads).sum(axis=0, dtype=np.float32)
    return np.ascontiguousarray(find_pose(view).apply(total))
