"""What results refer to: patient, study and frames of the original NM files.

Results must carry the identity of the study they belong to, so that it is read from the
files themselves and not from an exam, which may have pseudonyms.

References:
    DICOM PS3.3 C.7.1.1 (patient), C.7.2.1 (general study), 10.3 (image references).
"""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from pydicom.dataset import Dataset
from pydicom.uid import NuclearMedicineImageStorage

from bsgi.dicom.frames.parts import Part, split_views
from bsgi.dicom.frames.vectors import FrameTable, read_vectors
from bsgi.dicom.frames.windows import choose_window
from bsgi.dicom.identity import Identity, read_identity
from bsgi.dicom.parse import FAILURES, parse_file, quiet, read_integer, read_text
from bsgi.dicom.read import ReadingRules
from bsgi.dicom.views.find import find_view_name
from bsgi.errors import DicomError
from bsgi.exam.record import View, ViewName

_ALWAYS: Final = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyInstanceUID",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
    "StudyID",
    "AccessionNumber",
)
"""Required (type 1 and 2) in every object of a study."""

_WHERE_THERE: Final = (
    # Two women may have one id from two issuers.
    "IssuerOfPatientID",
    # Required of copies of files whose identity was removed.
    "PatientIdentityRemoved",
    "DeidentificationMethod",
)
_DATES: Final = frozenset({"PatientBirthDate", "StudyDate"})
_FORMS: Final = {
    "PatientBirthDate": re.compile(r"\d{8}"),
    "StudyDate": re.compile(r"\d{8}"),
    "StudyTime": re.compile(r"([01]\d|2[0-3])([0-5]\d(([0-5]\d|60)(\.\d{1,6})?)?)?"),
    "PatientSex": re.compile(r"[MFO]"),
}
"""What a value must look like to be passed on; others are left empty."""


@dataclass(frozen=True, slots=True)
class SourceImage:
    """The frames of one original file that are one view.

    Args:
        view: The view: its counts in the camera's own pixels.
        sop_uid: SOP Instance UID of the file.
        series_uid: Series Instance UID of the file.
        head_frames: For each head, numbers of its frames in the file, from 1.
        file_frames: Number of all frames of the file.
    """

    view: View
    sop_uid: str
    series_uid: str
    head_frames: tuple[tuple[int, ...], ...]
    file_frames: int

    @property
    def frames(self) -> tuple[int, ...]:
        """Numbers of all frames of the view."""
        return tuple(sorted(number for head in self.head_frames for number in head))

    def to_item(self, frames: Sequence[int] | None = None) -> Dataset:
        """A reference to the file, or to some of its frames.

        Args:
            frames: Their numbers; None for those of the view.
        """
        numbers = self.frames if frames is None else tuple(frames)
        item = Dataset()
        item.ReferencedSOPClassUID = NuclearMedicineImageStorage
        item.ReferencedSOPInstanceUID = self.sop_uid
        if len(numbers) < self.file_frames:
            item.ReferencedFrameNumber = list(numbers)
        return item


@dataclass(frozen=True, slots=True)
class SourceImages:
    """The original files of one exam.

    Args:
        images: Its views, at least one.
        header: Patient and study as results must repeat them.
        study_uid: Study Instance UID.
        simulated: Whether the files say that they were simulated.

    Raises:
        ValueError: If there is no view, or one stands under another name.
    """

    images: Mapping[ViewName, SourceImage]
    header: Dataset = field(repr=False)
    study_uid: str = field(repr=False)
    simulated: bool

    def __post_init__(self) -> None:
        if not self.images:
            raise ValueError("results need the source of at least one view.")
        if any(name is not each.view.name for name, each in self.images.items()):
            raise ValueError("each source must stand under the name of its view.")

    def present(self) -> tuple[ViewName, ...]:
        """Names of the views, in canonical order."""
        return tuple(name for name in ViewName if name in self.images)


def read_sources(
    files: Mapping[ViewName, Path],
    views: Mapping[ViewName, View],
    rules: ReadingRules | None = None,
) -> SourceImages:
    """What the results of an exam refer to.

    Args:
        files: The original file of each view; one file may hold several views.
        views: The views as they were read from these files.
        rules: How the files were read; None for the shipped rules.

    Raises:
        DicomError: If a file does not hold its view, has no usable identifiers, or is
            of another patient or study than the others.
        ValueError: If files and views are not of the same names.
    """
    if set(files) != set(views) or not files:
        raise ValueError("results need one file for each view.")
    rules = rules or ReadingRules()
    images: dict[ViewName, SourceImage] = {}
    headers: list[Dataset] = []
    simulated = False
    parsed: dict[Path, Dataset] = {}
    for name in (each for each in ViewName if each in files):
        path = files[name]
        try:
            with quiet():
                dataset = parsed.get(path) or parse_file(path)
                parsed[path] = dataset
                identity = read_identity(dataset)
                images[name] = _read_image(dataset, identity, views[name], rules)
                headers.append(_copy_header(dataset))
        except FAILURES as reason:
            raise DicomError(
                f"the file of {name} is damaged: it cannot be decoded "
                f"({type(reason).__name__})."
            ) from None
        simulated = simulated or identity.simulated
    for keyword in ("PatientID", "StudyInstanceUID"):
        if len({str(header.get(keyword)) for header in headers}) > 1:
            raise DicomError(
                f"the files of one exam must have one {keyword}, got several."
            )
    study_uid = str(headers[0].StudyInstanceUID)
    return SourceImages(images, headers[0], study_uid, simulated)


def _read_image(
    dataset: Dataset, identity: Identity, view: View, rules: ReadingRules
) -> SourceImage:
    """Where in its file a view stands."""
    if not identity.series_uid:
        raise DicomError(
            f"the file of {view.name} must have a Series Instance UID that results can "
            "refer to, got none that is well-formed."
        )
    table = read_vectors(dataset)
    part = _find_part(dataset, table, view.name, rules)
    window = choose_window(dataset, sorted(set(table.windows))).number
    heads = tuple(
        tuple(place + 1 for place in table.find(head, window)) for head in part.heads
    )
    shape = tuple(read_integer(dataset, key) or 0 for key in ("Rows", "Columns"))
    if view.counts.shape != (len(heads), *shape):
        raise DicomError(
            f"the file of {view.name} must have the heads, rows and columns of its "
            f"view, {view.counts.shape}, got {(len(heads), *shape)}."
        )
    return SourceImage(view, identity.sop_uid, identity.series_uid, heads, len(table))


def _find_part(
    dataset: Dataset, table: FrameTable, name: ViewName, rules: ReadingRules
) -> Part:
    find = partial(find_view_name, dataset, rules.words)
    parts, _ = split_views(dataset, table, find)
    for part in parts:
        if part.name is name:
            return part
    raise DicomError(f"the file of {name} must hold this view, and it holds another.")


def _copy_header(dataset: Dataset) -> Dataset:
    """Patient and study of a file, in Unicode.

    Values without form are left empty, since results would be invalid by them; of a
    text that breaks the rules of its field, the first value and what can be printed.
    """
    header = Dataset()
    for keyword in (*_ALWAYS, *_WHERE_THERE):
        first = read_text(dataset, keyword).partition("\\")[0]
        text = "".join(letter for letter in first if letter.isprintable())
        if not _has_form(keyword, text):
            text = ""
        if text or keyword in _ALWAYS:
            setattr(header, keyword, text)
    if "DeidentificationMethodCodeSequence" in dataset:
        header.DeidentificationMethodCodeSequence = deepcopy(
            dataset.DeidentificationMethodCodeSequence
        )
    return header


def _has_form(keyword: str, text: str) -> bool:
    form = _FORMS.get(keyword)
    if form is None:
        return True
    if form.fullmatch(text) is None or not text.isascii():
        return False
    if keyword in _DATES:
        try:
            date.fromisoformat(text)
        except ValueError:
            return False
    return True
