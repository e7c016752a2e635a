"""A file in the making, and what has to become of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from pydicom.dataset import Dataset

from tests.archive import codes
from tests.archive.pictures import Counts, Pixels
from tests.archive.syntaxes import encode

Verdict = Literal["view", "refused", "left out", "either"]
"""A view (or several), a refusal, left out with a note; either: right or refused."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One view as it must stand in the cohort.

    Args:
        name: Which view.
        counts: Stored integers, of shape (head, row, column).
        mirrored: For each head, whether its rows run against the first head's.
        duration_s: How long it took; 0 if the file does not tell.
        window_kev: Limits of the energy window; None if the file does not tell.
    """

    name: str
    counts: Counts
    mirrored: tuple[bool, ...] = (False,)
    duration_s: float = 600.0
    window_kev: tuple[float, float] | None = (126.0, 154.0)


@dataclass(frozen=True, slots=True)
class File:
    """A finished file: where it lies, its bytes, and what must become of it.

    Args:
        path: Relative to the archive.
        content: Its bytes.
        uid: SOP Instance UID.
        verdict: What must become of it.
        views: What it shows; of a refused file, what it must not become either.
        reason: Classes of the reason of refusal, see `law.REASONS`, divided by bars.
    """

    path: str
    content: bytes
    uid: str
    verdict: Verdict
    views: tuple[Shown, ...] = ()
    reason: str = ""


@dataclass(slots=True)
class Draft:
    """A file before it is written: faults change it."""

    path: str
    dataset: Dataset
    frames: Counts | None
    syntax: str
    views: tuple[Shown, ...]
    verdict: Verdict = "view"
    reason: str = ""
    damage: list[Callable[[bytes], bytes]] = field(default_factory=list)

    def refuse(self, reason: str) -> None:
        """It must be refused for this class of reason."""
        self.verdict, self.reason = "refused", reason

    def allow(self, reason: str) -> None:
        """It may be refused for this class of reason, or be read rightly."""
        if self.verdict in {"view", "either"}:
            self.verdict = "either"
            self.reason = "|".join(filter(None, (self.reason, reason)))

    def set_meta(self, **changed: object) -> None:
        """Expect other facts of all its views."""
        self.views = tuple(
            Shown(**{**{n: getattr(v, n) for n in Shown.__slots__}, **changed})
            for v in self.views
        )

    def finish(self) -> File:
        """The file as bytes, with its damage."""
        content = encode(self.dataset, self.frames, self.syntax)
        for change in self.damage:
            content = change(content)
        uid = str(self.dataset.get("SOPInstanceUID", ""))
        return File(self.path, content, uid, self.verdict, self.views, self.reason)


@dataclass(slots=True)
class Ids:
    """Identifiers of one study, drawn one after the other."""

    patient_id: str
    number: int
    drawn: int = 0

    @property
    def study_uid(self) -> str:
        """Study Instance UID."""
        return f"1.2.826.0.1.3680043.8.498.{self.number}"

    def next_uid(self) -> str:
        """Another identifier of this study."""
        self.drawn += 1
        return f"{self.study_uid}.{self.drawn}"


def item(code: codes.Coded) -> Dataset:
    """A coded concept as an item of a sequence."""
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = code
    return made


def begin_dataset(ids: Ids, pixels: Pixels, minute: int) -> Dataset:
    """An NM image of the breast that does not say which view it shows.

    Args:
        ids: Its study.
        pixels: How its counts are stored.
        minute: When it was acquired, after the begin of the study.
    """
    made = Dataset()
    made.SpecificCharacterSet = "ISO_IR 100"
    made.ImageType = ["ORIGINAL", "PRIMARY", "STATIC", "EMISSION"]
    made.SOPClassUID, made.SOPInstanceUID = codes.NM, ids.next_uid()
    made.StudyDate = made.SeriesDate = made.AcquisitionDate = "20210614"
    made.ContentDate = made.StudyDate
    made.StudyTime = "090000"
    made.AcquisitionTime = made.ContentTime = f"{9 + minute // 60:02}{minute % 60:02}00"
    made.AccessionNumber, made.Modality = f"A{ids.number}", "NM"
    made.Manufacturer, made.ManufacturerModelName = "Gamma Works", "BreastCam 2"
    made.ReferringPhysicianName = ""
    made.PatientName, made.PatientID = f"FAMILY{ids.number}^GIVEN", ids.patient_id
    made.PatientBirthDate, made.PatientSex, made.PatientAge = "19640208", "F", "057Y"
    made.BodyPartExamined = "BREAST"
    made.StudyInstanceUID, made.SeriesInstanceUID = ids.study_uid, ids.next_uid()
    made.StudyID, made.SeriesNumber, made.InstanceNumber = "1", 1, ids.drawn
    made.PatientOrientation = ""
    made.AcquisitionTerminationCondition = "TIME"
    made.ActualFrameDuration = 600_000
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.Rows, made.Columns = pixels.shape
    made.PixelSpacing = [3.2, 3.2]
    made.BitsAllocated, made.BitsStored = 16, pixels.bits
    made.HighBit, made.PixelRepresentation = pixels.bits - 1, int(pixels.signed)
    made.PatientOrientationCodeSequence = [item(("C86043", "NCIt", "erect"))]
    made.PatientGantryRelationshipCodeSequence = []
    tracer = Dataset()
    tracer.RadionuclideCodeSequence = [item(codes.TECHNETIUM)]
    tracer.RadiopharmaceuticalCodeSequence = [item(codes.SESTAMIBI)]
    tracer.RadiopharmaceuticalStartTime, tracer.RadionuclideTotalDose = "085000", 740
    made.RadiopharmaceuticalInformationSequence = [tracer]
    return made


def describe_frames(
    dataset: Dataset,
    frames: Counts,
    detectors: list[int],
    windows: list[int],
    limits: list[tuple[float, float]],
) -> None:
    """Put vectors, energy windows and detectors of a static image into its dataset."""
    dataset.NumberOfFrames = len(frames)
    dataset.FrameIncrementPointer = [0x00540010, 0x00540020]
    dataset.EnergyWindowVector, dataset.NumberOfEnergyWindows = windows, len(limits)
    dataset.DetectorVector = detectors
    dataset.NumberOfDetectors = len(set(detectors))
    dataset.CountsAccumulated = int(frames.sum(dtype=np.int64))
    dataset.EnergyWindowInformationSequence = [
        describe_window(*each, f"WINDOW {number}")
        for number, each in enumerate(limits, start=1)
    ]
    dataset.DetectorInformationSequence = [
        describe_detector() for _ in sorted(set(detectors))
    ]


def describe_window(lower: float, upper: float, name: str) -> Dataset:
    """One energy window."""
    limits, made = Dataset(), Dataset()
    limits.EnergyWindowLowerLimit, limits.EnergyWindowUpperLimit = lower, upper
    made.EnergyWindowRangeSequence, made.EnergyWindowName = [limits], name
    return made


def describe_detector() -> Dataset:
    """A detector that does not say where it stands."""
    made = Dataset()
    made.CollimatorType, made.FocalDistance = "PARA", 0
    made.ImagePositionPatient = made.ImageOrientationPatient = None
    made.ViewCodeSequence = []
    return made
