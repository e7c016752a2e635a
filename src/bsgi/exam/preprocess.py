"""From an exam to the image a network sees; the clinic and the laboratory both use it.

Heads are added, views turned to one pose, expressed as uptake relative to the exam's
own normal tissue (one scale for the four views, so that asymmetry survives), resampled
over a stated field and stacked as LCC, RCC, LMLO, RMLO.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Float32, Shaped

from bsgi.exam.orientation import find_pose, view_image
from bsgi.exam.record import Exam, View, ViewName
from bsgi.exam.uptake import count_rate_density, normal_uptake


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How an exam becomes an image.

    Args:
        size: Rows and columns of the result; the paper has 256.
        intensity: ``"uptake"``: relative to normal tissue, over `field_mm`.
            ``"view-maximum"``: the paper's plain reading: the whole matrix of each view
            resized and divided by its own maximum, whatever its shape.
        field_mm: Height and width that the result covers with ``"uptake"``: rows about
            the centre of the detector, columns from its chest-wall edge. Every camera
            of the catalogue fits into the default.

    Raises:
        ValueError: If a number is not positive or `intensity` is unknown.
    """

    size: int = 256
    intensity: Literal["uptake", "view-maximum"] = "uptake"
    field_mm: tuple[float, float] = (240.0, 160.0)

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ValueError(f"size must be positive, got {self.size}.")
        if self.intensity not in ("uptake", "view-maximum"):
            raise ValueError(
                f"intensity must be uptake or view-maximum, got {self.intensity!r}."
            )
        if min(self.field_mm) <= 0:
            raise ValueError(f"field_mm must be positive, got {self.field_mm}.")


def preprocess(
    exam: Exam, settings: Preprocessing
) -> Float32[np.ndarray, "4 size size"]:
    """The four views of an exam as one image of four channels.

    Args:
        exam: An exam; the channel of a view that it lacks is zero.
        settings: How to scale and resample.

    Returns:
        Channels LCC, RCC, LMLO, RMLO. With ``"uptake"`` normal breast tissue is about 1
        and the empty field about 0; with ``"view-maximum"`` values are 0 to 1.

    Raises:
        ExamError: If no view holds a breast, or a view's pose cannot be told.
    """
    stack = np.zeros((len(ViewName), settings.size, settings.size), np.float32)
    normal = normal_uptake(exam) if settings.intensity == "uptake" else 0.0
    for channel, name in enumerate(ViewName):
        if name not in exam.views:
            continue
        view = exam.views[name]
        if settings.intensity == "uptake":
            image = count_rate_density(view) / np.float32(normal)
        else:
            image = view_image(view)
            image = image / max(float(image.max()), 1.0)
        stack[channel] = _resample(image, view, settings)
    return stack


def preprocess_mask(
    mask: Shaped[np.ndarray, "row col"], view: View, settings: Preprocessing
) -> Float32[np.ndarray, "size size"]:
    """A mask in the camera's pixels, laid on the image that a network sees.

    Args:
        mask: Pixels of the first head as the camera saved them, such as a lesion's.
        view: The view it belongs to.
        settings: As for `preprocess`.

    Returns:
        0 to 1; the outline is where it crosses 0.5.
    """
    return _resample(find_pose(view).apply(mask), view, settings)


def preprocess_posed_mask(
    mask: Shaped[np.ndarray, "row col"], view: View, settings: Preprocessing
) -> Float32[np.ndarray, "size size"]:
    """A mask in the common pose, such as a breast's, laid on what a network sees.

    Args:
        mask: Pixels in the common pose, as `bsgi.exam.uptake.find_breast` gives them.
        view: The view it belongs to.
        settings: As for `preprocess`.

    Returns:
        0 to 1; the outline is where it crosses 0.5.
    """
    return _resample(mask, view, settings)


def image_spacing_mm(view: View, settings: Preprocessing) -> tuple[float, float]:
    """Distance between pixel centres of the image that a network sees.

    Args:
        view: A view; with ``"view-maximum"`` its own matrix is what the image covers.
        settings: As for `preprocess`.

    Returns:
        Down a column and along a row.
    """
    rows, cols = view.counts.shape[1:]
    pose = find_pose(view)
    height, width = _covered_mm(
        (cols, rows) if pose.transpose else (rows, cols), view, settings
    )
    return height / settings.size, width / settings.size


def _covered_mm(
    posed_shape: tuple[int, ...], view: View, settings: Preprocessing
) -> tuple[float, float]:
    """Height and width that the image of a view covers."""
    if settings.intensity != "view-maximum":
        return settings.field_mm
    spacing = find_pose(view).spacing_mm(view)
    return posed_shape[0] * spacing[0], posed_shape[1] * spacing[1]


def _resample(
    posed: Shaped[np.ndarray, "row col"], view: View, settings: Preprocessing
) -> Float32[np.ndarray, "size size"]:
    """Linear interpolation of a posed image; zero outside the detector."""
    spacing = find_pose(view).spacing_mm(view)
    height, width = _covered_mm(posed.shape, view, settings)
    down = _weights(posed.shape[0], spacing[0], height, settings.size, centred=True)
    along = _weights(posed.shape[1], spacing[1], width, settings.size, centred=False)
    return np.asarray(down @ posed.astype(np.float32) @ along.T, np.float32)


def _weights(
    pixels: int, spacing: float, field: float, size: int, *, centred: bool
) -> Float[np.ndarray, "size pixels"]:
    """Interpolation along one axis as a matrix: few rows and columns, so it is fast."""
    start = (pixels * spacing - field) / 2 if centred else 0.0
    place = (start + (np.arange(size) + 0.5) * field / size) / spacing
    inside = (place >= 0) & (place <= pixels)
    index = np.clip(place - 0.5, 0, pixels - 1)
    lower = np.minimum(index.astype(int), max(pixels - 2, 0))
    upper = np.minimum(lower + 1, pixels - 1)
    matrix = np.zeros((size, pixels), np.float32)
    rows = np.arange(size)
    np.add.at(matrix, (rows, lower), (1 - (index - lower)) * inside)
    np.add.at(matrix, (rows, upper), (index - lower) * inside)
    return matrix
