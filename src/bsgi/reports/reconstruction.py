"""What an autoencoder keeps of an exam: the images it was given beside its own."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32
from matplotlib.figure import Figure

from bsgi.errors import RunError
from bsgi.evaluation.predictions import PredictionRow
from bsgi.exam.preprocess import Preprocessing
from bsgi.exam.record import Side, ViewName
from bsgi.files import NPZ_DAMAGE, load_json
from bsgi.reports.hanging import HANGING
from bsgi.reports.style import CLINIC_GREY, INK, new_figure
from bsgi.reports.wording import label_in_words

_COLUMNS = ("original", "autoencoder", "PCA")
_CELL_INCH = 2.0
_GAP_INCH = 0.12
_TITLE_INCH = 0.28


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """Images before and after an autoencoder, with its errors on the test exams.

    Errors are mean squared differences of pixels; a pixel is relative to the exam's
    normal tissue, or a share of the view's maximum, as the recipe has it.

    Args:
        code_length: Numbers that the autoencoder and the principal components keep of
            what they are given.
        test_exams: Exams over which the errors are taken.
        error_autoencoder: Of the autoencoder.
        error_mean_image: Of giving the mean training image for every exam.
        error_pca: Of principal components of the training images, equally many.
        exam_ids: The exams shown.
        original: What was given.
        autoencoder: What the autoencoder gave back.
        pca: What the principal components gave back.

    Raises:
        ValueError: If errors or shapes do not fit.
    """

    code_length: int
    test_exams: int
    error_autoencoder: float
    error_mean_image: float
    error_pca: float
    exam_ids: tuple[str, ...]
    original: Float32[np.ndarray, "exam view row col"]
    autoencoder: Float32[np.ndarray, "exam view row col"]
    pca: Float32[np.ndarray, "exam view row col"]

    def __post_init__(self) -> None:
        errors = (self.error_autoencoder, self.error_mean_image, self.error_pca)
        if not all(math.isfinite(error) and error >= 0 for error in errors):
            raise ValueError(f"errors must be finite and 0 or more, got {errors}")
        shape = (len(self.exam_ids), len(ViewName))
        for images in (self.original, self.autoencoder, self.pca):
            if images.shape != self.original.shape or images.shape[:2] != shape:
                raise ValueError(
                    f"images must have exams and views {shape}, got {images.shape}"
                )
            if images.size == 0 or not np.isfinite(images).all():
                raise ValueError("images must have finite pixels")


def load_reconstruction(run: Path) -> Reconstruction | None:
    """Read what an autoencoder left in its RUN; None if the method is none.

    Args:
        run: The RUN.

    Raises:
        RunError: If one of the two files is damaged or missing beside the other.
    """
    table, arrays = run / "reconstruction.json", run / "reconstruction.npz"
    if not table.exists() and not arrays.exists():
        return None
    content = load_json(table, RunError)
    try:
        with arrays.open("rb") as stream, np.load(stream, allow_pickle=False) as found:
            images = {
                name: np.asarray(found[name], dtype=np.float32)
                for name in ("original", "autoencoder", "pca")
            }
            exam_ids = tuple(str(name) for name in found["exam_ids"])
        return Reconstruction(
            code_length=int(content["code_length"]),
            test_exams=int(content["test_exams"]),
            error_autoencoder=float(content["error_autoencoder"]),
            error_mean_image=float(content["error_mean_image"]),
            error_pca=float(content["error_pca"]),
            exam_ids=exam_ids,
            **images,
        )
    except (*NPZ_DAMAGE, json.JSONDecodeError) as reason:
        raise RunError(
            f"{run} must hold reconstruction.json and reconstruction.npz as an "
            f"autoencoder leaves them, but: {reason!r}; train again."
        ) from None


def describe_reconstruction(shown: Reconstruction) -> str:
    """The three errors in words, and what they are to be compared with.

    Args:
        shown: Images and errors.
    """
    against = ""
    if shown.error_pca > 0:
        ratio = shown.error_autoencoder / shown.error_pca
        against = f", {ratio:.2f} times that of the principal components"
    return (
        f"On {shown.test_exams:,} test exams, which no phase of the training saw, the "
        f"mean squared error of a pixel is {shown.error_autoencoder:.4g} for the "
        f"autoencoder{against}. Principal components of equal code length reach "
        f"{shown.error_pca:.4g}; the mean training image, which knows nothing of the "
        f"exam, {shown.error_mean_image:.4g}."
    )


def name_exams(
    shown: Reconstruction, predictions: Iterable[PredictionRow]
) -> tuple[str, ...]:
    """The exams shown, each with its label if that is known.

    Args:
        shown: Images and errors.
        predictions: Scores of any exams, which have their labels.
    """
    labels = {row.exam_id: label_in_words(row.label) for row in predictions}
    return tuple(
        f"{exam_id}, {labels[exam_id]}" if exam_id in labels else exam_id
        for exam_id in shown.exam_ids
    )


def draw_reconstruction(
    shown: Reconstruction, settings: Preprocessing, names: Sequence[str]
) -> Figure:
    """Exams in rows: what was given, what the autoencoder and the components kept.

    Views hang as in the clinic, RCC and LCC above RMLO and LMLO. Each exam has one
    scale of grey for its three pictures.

    Args:
        shown: The images.
        settings: How the exams were preprocessed, for the lengths of a view.
        names: What each exam is called in the figure.

    Raises:
        ValueError: If there are not as many names as exams.
    """
    if len(names) != len(shown.exam_ids):
        raise ValueError(
            f"{len(shown.exam_ids)} exams must have as many names, got {len(names)}."
        )
    rows, width = len(shown.exam_ids), len(_COLUMNS)
    hung = [
        [
            _hang(images[row])
            for images in (shown.original, shown.autoencoder, shown.pca)
        ]
        for row in range(rows)
    ]
    aspect = 1.0  # of pixels stretched to a square, as the network has them
    if settings.intensity == "uptake":
        aspect = settings.field_mm[0] / settings.field_mm[1]
    across = width * _CELL_INCH + (width - 1) * _GAP_INCH
    down = rows * (_CELL_INCH * aspect + _GAP_INCH) + _TITLE_INCH
    figure = new_figure(across, down)
    for row, pictures in enumerate(hung):
        top = float(np.nanpercentile(pictures[0], 99.8))
        for col, picture in enumerate(pictures):
            left = col * (_CELL_INCH + _GAP_INCH)
            bottom = down - _TITLE_INCH - (row + 1) * (_CELL_INCH * aspect + _GAP_INCH)
            axes = figure.add_axes(
                (
                    left / across, (bottom + _GAP_INCH) / down,
                    _CELL_INCH / across, _CELL_INCH * aspect / down,
                )
            )  # fmt: skip
            axes.imshow(
                picture, cmap=CLINIC_GREY, vmin=0.0, vmax=top if top > 0 else 1.0,
                interpolation="none", aspect="auto",
            )  # fmt: skip
            axes.axis("off")
            if col == 0:
                axes.text(
                    0, 0.99, names[row], fontsize=7.5, color=INK, va="top",
                    transform=axes.transAxes,
                )  # fmt: skip
            if row == 0:
                axes.set_title(_COLUMNS[col], fontsize=10, color=INK, loc="left", pad=5)
    return figure


def _hang(
    views: Float32[np.ndarray, "view row col"],
) -> Float32[np.ndarray, "hung_row hung_col"]:
    """Four views in the common pose as one picture, right ones turned to the middle."""
    names = list(ViewName)
    gap = max(1, views.shape[-1] // 40)
    rows = []
    for pair in HANGING:
        hung = []
        for name in pair:
            view = views[names.index(name)]
            hung.append(view[:, ::-1] if name.side is Side.RIGHT else view)
        between = np.full((views.shape[1], gap), np.nan, dtype=np.float32)
        rows.append(np.hstack([hung[0], between, hung[1]]))
    between = np.full((gap, rows[0].shape[1]), np.nan, dtype=np.float32)
    return np.vstack([rows[0], between, rows[1]])
