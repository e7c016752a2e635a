"""The record of one exam, the same for a hospital's exam and a simulated one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from jaxtyping import Bool, Integer

from bsgi.errors import ExamError


class Side(StrEnum):
    """The breast that was imaged."""

    LEFT = "L"
    RIGHT = "R"


class Projection(StrEnum):
    """Direction of view: cranio-caudal or medio-lateral oblique, as in mammography."""

    CC = "CC"
    MLO = "MLO"


class ViewName(StrEnum):
    """The four views of an exam, in their canonical order."""

    LCC = "LCC"
    RCC = "RCC"
    LMLO = "LMLO"
    RMLO = "RMLO"

    @property
    def side(self) -> Side:
        """The breast of this view."""
        return Side(self.value[0])

    @property
    def projection(self) -> Projection:
        """The direction of this view."""
        return Projection(self.value[1:])


class Label(StrEnum):
    """Pathology of an exam; in tables 1 is malignant, 0 benign, empty unknown."""

    BENIGN = "0"
    MALIGNANT = "1"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class View:
    """Counts of one planar acquisition, in the orientation the camera saved.

    Args:
        name: Which of the four views this is.
        counts: Detected events per pixel and head, as integers, never rescaled. Heads
            stand in the order of detector number.
        spacing_mm: Distance between pixel centres down a column and along a row.
        duration_s: Acquisition time.
        start_s: Start of the acquisition after the injection; None if unknown.
        energy_window_kev: Lower and upper limit of the energy window; None if unknown.
        orientation: Patient directions in which a row and a column of the first head
            run, as in DICOM Patient Orientation, such as ``("A", "R")``; None if the
            file does not say.
        heads_mirrored: For each head, whether its rows run against those of the first
            head, as those of an opposite head do.
        rescale_slope: Factor by which the file says stored integers become counts.
        source_uid: SOP Instance UID of the file, or a pseudonym of it.
        stopped_by_counts: Whether a number of events ended the acquisition, not time.

    Raises:
        ExamError: If shape, spacing, duration or window break these rules.
    """

    name: ViewName
    counts: Integer[np.ndarray, "head row col"]
    spacing_mm: tuple[float, float]
    duration_s: float
    start_s: float | None = None
    energy_window_kev: tuple[float, float] | None = None
    orientation: tuple[str, str] | None = None
    heads_mirrored: tuple[bool, ...] = (False,)
    rescale_slope: float = 1.0
    source_uid: str = ""
    stopped_by_counts: bool = False

    def __post_init__(self) -> None:
        if self.counts.ndim != 3 or 0 in self.counts.shape:
            raise ExamError(
                f"counts must have heads, rows and columns, got {self.counts.shape}."
            )
        if int(self.counts.min()) < 0:
            raise ExamError(f"counts must not be negative, got {self.counts.min()}.")
        if len(self.heads_mirrored) != len(self.counts):
            raise ExamError(
                f"heads_mirrored must have {len(self.counts)} entries, one per head, "
                f"got {len(self.heads_mirrored)}."
            )
        if not (min(self.spacing_mm) > 0 and np.isfinite(self.spacing_mm).all()):
            raise ExamError(f"spacing_mm must be positive, got {self.spacing_mm}.")
        if not (self.duration_s > 0 and np.isfinite(self.duration_s)):
            raise ExamError(f"duration_s must be positive, got {self.duration_s}.")
        window = self.energy_window_kev
        if window is not None and not 0 < window[0] < window[1]:
            raise ExamError(f"energy_window_kev must be (lower, upper), got {window}.")

    @property
    def total_counts(self) -> int:
        """All events of all heads."""
        return int(self.counts.sum(dtype=np.int64))

    @property
    def pixel_area_cm2(self) -> float:
        """Area of one pixel."""
        return self.spacing_mm[0] * self.spacing_mm[1] / 100.0


@dataclass(frozen=True, slots=True)
class Exam:
    """One visit of one woman: up to four views and what is known about them.

    Args:
        exam_id: Name of the exam in its cohort; a text, leading zeros count.
        patient_id: Pseudonym of the woman; a text, leading zeros count.
        views: The views that are there, at least one.
        site: Hospital, as the label table names it; empty if unknown.
        camera: Camera model, as the files name it; empty if unknown.
        dose_mbq: Injected activity; None if unknown.
        age_years: Age at the exam; None if unknown.
        label: Pathology of the exam.
        label_left: Pathology of the left breast.
        label_right: Pathology of the right breast.
        simulated: Whether the views come from a simulator.

    Raises:
        ExamError: If there is no view, a view stands under another name, or dose or
            age is impossible.
    """

    exam_id: str
    patient_id: str
    views: Mapping[ViewName, View]
    site: str = ""
    camera: str = ""
    dose_mbq: float | None = None
    age_years: float | None = None
    label: Label = Label.UNKNOWN
    label_left: Label = Label.UNKNOWN
    label_right: Label = Label.UNKNOWN
    simulated: bool = False

    def __post_init__(self) -> None:
        if not self.exam_id or not self.patient_id:
            raise ExamError("an exam must have an exam_id and a patient_id.")
        if not self.views:
            raise ExamError(f"exam {self.exam_id} must have at least one view.")
        for name, view in self.views.items():
            if view.name is not name:
                raise ExamError(
                    f"exam {self.exam_id}: view {view.name} stands under {name}."
                )
        if self.dose_mbq is not None and not self.dose_mbq > 0:
            raise ExamError(f"dose_mbq must be positive, got {self.dose_mbq}.")
        if self.age_years is not None and not 0 <= self.age_years < 130:
            raise ExamError(f"age_years must be 0 to 130, got {self.age_years}.")

    def present(self) -> tuple[ViewName, ...]:
        """Names of the views that are there, in canonical order."""
        return tuple(name for name in ViewName if name in self.views)


class LesionShape(StrEnum):
    """How a simulated lesion is spread in the breast."""

    MASS = "mass"
    SEGMENTAL = "segmental"
    REGIONAL = "regional"
    NODE = "axillary node"


@dataclass(frozen=True, slots=True)
class Focus:
    """One ball of a lesion that consists of several.

    Args:
        position: Its place, as that of a lesion.
        diameter_mm: Its diameter.
    """

    position: tuple[float, float, float]
    diameter_mm: float


@dataclass(frozen=True, slots=True)
class Lesion:
    """One simulated lesion and what pathology would say of it.

    Args:
        side: The breast it lies in.
        malignant: What the label follows.
        histology: Kind of tissue, such as ``"IDC"`` or ``"fibroadenoma"``.
        diameter_mm: Diameter of the sphere of equal volume; of a segmental or regional
            lesion its greatest extent, as pathology would measure it.
        concentration_ratio: Activity concentration in the lesion over that of the
            breast tissue around it; all its balls share it.
        position: Anatomical place in the uncompressed breast as fractions of its size:
            depth from chest wall to nipple (0 to 1), medial to lateral (-1 to 1),
            inferior to superior (-1 to 1).
        shape: How it is spread.
        foci: The balls that it consists of; empty if it is one ball of its own place
            and diameter.
    """

    side: Side
    malignant: bool
    histology: str
    diameter_mm: float
    concentration_ratio: float
    position: tuple[float, float, float]
    shape: LesionShape = LesionShape.MASS
    foci: tuple[Focus, ...] = ()

    @property
    def balls(self) -> tuple[Focus, ...]:
        """The balls that it consists of, at least one."""
        return self.foci or (Focus(self.position, self.diameter_mm),)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a simulator knows of an exam and a hospital never does.

    Args:
        lesions: All lesions, visible or not.
        masks: Per view, the pixels onto which a lesion projects, in the orientation of
            the first head; a view without lesion may be left out.
        background: Class of background uptake, one of the lexicon's levels.
    """

    lesions: tuple[Lesion, ...]
    masks: Mapping[ViewName, Bool[np.ndarray, "row col"]] = field(default_factory=dict)
    background: str = ""
