"""What goes wrong in an archive, each with what has to become of the files.

Every fault changes the first of the four views of a study, or adds files to it; the
other views have to come in.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from tests.archive import codes, spellings
from tests.archive.draft import Draft, item
from tests.archive.layouts import ORIENTATION, Plan, lay_out_view
from tests.archive.saying import Saying, say_view


@dataclass(slots=True)
class Bench:
    """A study on the bench: its drafts, and what is needed to add more."""

    plan: Plan
    saying: Saying
    drafts: list[Draft]
    rng: np.random.Generator

    @property
    def first(self) -> Draft:
        """The view that a fault strikes."""
        return self.drafts[0]

    def repeat(self, minute: int, view: str = "") -> Draft:
        """Another acquisition of a view."""
        name = view or self.first.views[0].name
        draft = lay_out_view(self.plan, name, minute, self.rng)
        say_view(draft, self.saying, self.rng)
        self.drafts.append(draft)
        return draft

    def copy(self, path: str) -> Draft:
        """The first file again, under another path."""
        again = deepcopy(self.first)
        again.path = f"{self.plan.folder}/{path}"
        self.drafts.append(again)
        return again


Fault = Callable[[Bench], None]


def _set(reason: str, **values: object) -> Fault:
    """Attributes of the first file that make it a refusal."""

    def strike(bench: Bench) -> None:
        for keyword, value in values.items():
            setattr(bench.first.dataset, keyword, value)
        bench.first.refuse(reason)

    return strike


def _image_type(reason: str, *kinds: str) -> Fault:
    return _set(reason, ImageType=list(kinds))


def _unsay(draft: Draft) -> None:
    """Take away everything that names the view."""
    dataset = draft.dataset
    for keyword in (
        "ImageLaterality", "Laterality", "SeriesDescription", "ProtocolName", "ImageID",
        "ViewPosition", "ViewCodeSequence", "AnatomicRegionSequence",
    ):  # fmt: skip
        if keyword in dataset:
            delattr(dataset, keyword)
    for detector in dataset.get("DetectorInformationSequence", []):
        detector.ViewCodeSequence = []


def _silent(bench: Bench) -> None:
    _unsay(bench.first)
    bench.first.refuse("unclear")


def _ambiguous(bench: Bench) -> None:
    text = spellings.AMBIGUOUS[bench.rng.integers(len(spellings.AMBIGUOUS))]
    bench.first.dataset.SeriesDescription = text
    bench.first.refuse("unclear")


def _several(bench: Bench) -> None:
    """Text for several views and no code."""
    _unsay(bench.first)
    text = spellings.SEVERAL[bench.rng.integers(len(spellings.SEVERAL))]
    name = bench.first.views[0].name
    bench.first.dataset.SeriesDescription = spellings.spell(text, name)
    bench.first.refuse("unclear")


def _side_against_code(bench: Bench) -> None:
    first = bench.first
    side, wrong = first.views[0].name[0], {"L": "R", "R": "L"}[first.views[0].name[0]]
    first.dataset.ImageLaterality = side
    first.dataset.SeriesDescription = f"{wrong} BREAST"
    first.refuse("unclear")


def _side_against_region(bench: Bench) -> None:
    first = bench.first
    wrong = {"L": "R", "R": "L"}[first.views[0].name[0]]
    first.dataset.ImageLaterality = first.views[0].name[0]
    region = item(codes.BREAST["SCT"])
    region.AnatomicRegionModifierSequence = [item(codes.SIDE_CODES["SCT"][wrong])]
    first.dataset.AnatomicRegionSequence = [region]
    first.refuse("unclear")


def _projection_against_code(bench: Bench) -> None:
    name = bench.first.views[0].name
    code = codes.FAMILIES["CID 4014"][name[1:]]
    for detector in bench.first.dataset.DetectorInformationSequence:
        detector.ViewCodeSequence = [item(code)]
    wrong = {"CC": "MLO", "MLO": "CC"}[name[1:]]
    bench.first.dataset.SeriesDescription = f"{name[0]} {wrong}"
    bench.first.refuse("unclear")


def _codes_against_codes(bench: Bench) -> None:
    detectors = bench.first.dataset.DetectorInformationSequence
    for detector in detectors:
        detector.ViewCodeSequence = [
            item(codes.FAMILIES["CID 4014"]["CC"]),
            item(codes.FAMILIES["SRT"]["MLO"]),
        ]
    bench.first.refuse("unclear")


def _other_text(bench: Bench) -> None:
    text = spellings.OTHER[bench.rng.integers(len(spellings.OTHER))]
    name = bench.first.views[0].name
    bench.first.dataset.SeriesDescription = spellings.spell(text, name)
    bench.first.refuse("other view")


def _other_code(bench: Bench) -> None:
    code = codes.OTHER_VIEW_CODES[bench.rng.integers(len(codes.OTHER_VIEW_CODES))]
    for detector in bench.first.dataset.DetectorInformationSequence:
        detector.ViewCodeSequence = [item(code)]
    bench.first.refuse("other view")


def _modified(bench: Bench) -> None:
    code = codes.OTHER_MODIFIERS[bench.rng.integers(len(codes.OTHER_MODIFIERS))]
    view = item(codes.FAMILIES["CID 4014"][bench.first.views[0].name[1:]])
    view.ViewModifierCodeSequence = [item(code)]
    for detector in bench.first.dataset.DetectorInformationSequence:
        detector.ViewCodeSequence = [view]
    bench.first.refuse("other view")


def _trap(bench: Bench) -> None:
    """No side but in words on something else than the breast."""
    text, view = list(spellings.TRAPS.items())[bench.rng.integers(len(spellings.TRAPS))]
    _unsay(bench.first)
    shown = bench.first.views[0]
    bench.first.views = (
        type(shown)(view, shown.counts, shown.mirrored, shown.duration_s),
    )
    bench.first.dataset.SeriesDescription = text
    bench.first.dataset.PatientOrientation = ORIENTATION[view]
    bench.first.allow("unclear")
    for draft in bench.drafts[1:]:
        if draft.views[0].name == view:
            bench.drafts.remove(draft)


def _enlarged(bench: Bench) -> None:
    """An interpolated copy of the first view, as a display or a report saves it."""
    size = (256, 512)[bench.rng.integers(2)]
    again = bench.copy(f"display-{size}.dcm")
    again.dataset.SOPInstanceUID = bench.plan.ids.next_uid()
    kind = (["DERIVED", "SECONDARY"], ["DERIVED", "PRIMARY"])[bench.rng.integers(2)]
    again.dataset.ImageType = [*kind, "STATIC", "EMISSION"]
    _enlarge(again, size)
    again.refuse("derived")


def _enlarged_original(bench: Bench) -> None:
    """The same, calling itself an original; then there are two and one time."""
    _enlarged(bench)
    again = bench.drafts[-1]
    again.dataset.ImageType = ["ORIGINAL", "PRIMARY", "STATIC", "EMISSION"]
    again.refuse("derived|repeat")
    bench.first.allow("repeat")


def _enlarge(draft: Draft, size: int) -> None:
    frames = draft.frames
    if frames is None:
        return
    rows = np.arange(size) * frames.shape[1] // size
    cols = np.arange(size) * frames.shape[2] // size
    draft.frames = np.ascontiguousarray(frames[:, rows][:, :, cols])
    draft.dataset.Rows = draft.dataset.Columns = size
    draft.dataset.PixelSpacing = [0.4, 0.4]


def _duplicate(bench: Bench) -> None:
    """The same bytes under another name: kept once."""
    bench.copy("copy-of-first.dcm")


def _recoded(bench: Bench) -> None:
    """The same instance in another transfer syntax: kept once."""
    again = bench.copy("transcoded.dcm")
    options = [s for s in codes.LOSSLESS if s != bench.first.syntax]
    again.syntax = options[bench.rng.integers(len(options))]


def _same_uid(bench: Bench) -> None:
    """One SOP Instance UID with two contents: nobody knows which is right."""
    again = bench.copy("other-content.dcm")
    if again.frames is not None:
        again.frames = again.frames[:, ::-1].copy()
        again.dataset.CountsAccumulated = int(again.frames.sum(dtype=np.int64))
    for draft in (bench.first, again):
        draft.refuse("uid clash")


def _later(bench: Bench) -> None:
    """A second acquisition with times: the first is kept, the other noted."""
    for draft in bench.drafts:
        draft.dataset.AcquisitionDate = draft.dataset.StudyDate = "20210614"
    bench.repeat(70).verdict = "left out"


def _timeless(bench: Bench) -> None:
    """Two acquisitions without times: neither is chosen."""
    again = bench.repeat(70)
    for draft in (bench.first, again):
        for keyword in ("AcquisitionTime", "ContentTime", "AcquisitionDateTime"):
            if keyword in draft.dataset:
                delattr(draft.dataset, keyword)
        draft.refuse("repeat")


def _no_patient(bench: Bench) -> None:
    bench.first.dataset.PatientID = ""
    bench.first.refuse("identity")


def _coloured(bench: Bench) -> None:
    bench.first.dataset.PhotometricInterpretation = "RGB"
    bench.first.dataset.SamplesPerPixel = 3
    bench.first.refuse("pixels")


def _blank(bench: Bench) -> None:
    if bench.first.frames is not None:
        bench.first.frames = np.zeros_like(bench.first.frames)
    bench.first.refuse("blank")


def _negative(bench: Bench) -> None:
    """Signed pixels with some below zero, as after a subtraction."""
    first, dataset = bench.first, bench.first.dataset
    if first.frames is not None:
        first.frames = np.minimum(first.frames, 30_000).astype(np.int16) - np.int16(3)
    dataset.PixelRepresentation, dataset.BitsStored, dataset.HighBit = 1, 16, 15
    first.refuse("negative")


def _iodine(bench: Bench) -> None:
    """Another isotope: the view is a view, and it must be said."""
    tracer = bench.first.dataset.RadiopharmaceuticalInformationSequence[0]
    tracer.RadionuclideCodeSequence = [item(codes.IODINE)]
    bench.first.allow("isotope")


FAULTS: dict[str, Fault] = {
    "nothing names the view": _silent,
    "LLMO": _ambiguous,
    "several views in words": _several,
    "words against side": _side_against_code,
    "region against side": _side_against_region,
    "words against projection": _projection_against_code,
    "code against code": _codes_against_codes,
    "other view in words": _other_text,
    "other view in a code": _other_code,
    "view with a modifier": _modified,
    "a side that is not the breast's": _trap,
    "enlarged copy": _enlarged,
    "enlarged copy called original": _enlarged_original,
    "derived": _image_type("derived", "DERIVED", "PRIMARY", "STATIC", "EMISSION"),
    "secondary": _image_type("derived", "ORIGINAL", "SECONDARY", "STATIC", "EMISSION"),
    "tomogram": _image_type("tomogram", "ORIGINAL", "PRIMARY", "TOMO", "EMISSION"),
    "reconstruction": _image_type(
        "tomogram", "DERIVED", "PRIMARY", "RECON TOMO", "EMISSION"
    ),
    "whole body": _image_type(
        "whole body", "ORIGINAL", "PRIMARY", "WHOLE BODY", "EMISSION"
    ),
    "gated": _image_type("gated", "ORIGINAL", "PRIMARY", "GATED", "EMISSION"),
    "gated tomogram": _image_type(
        "tomogram", "ORIGINAL", "PRIMARY", "GATED TOMO", "EMISSION"
    ),
    "transmission": _image_type(
        "transmission", "ORIGINAL", "PRIMARY", "STATIC", "TRANSMISSION"
    ),
    "other body part": _set("body part", BodyPartExamined="THYROID"),
    "other region": _set(
        "body part", BodyPartExamined="", AnatomicRegionSequence=[item(codes.THYROID)]
    ),
    "burned in": _set("burned in", BurnedInAnnotation="YES"),
    "lossy": _set("lossy", LossyImageCompression="01"),
    "colour": _coloured,
    "blank": _blank,
    "negative": _negative,
    "no patient id": _no_patient,
    "no study": _set("identity", StudyInstanceUID=""),
    "duplicate": _duplicate,
    "transcoded duplicate": _recoded,
    "one UID, two contents": _same_uid,
    "second acquisition": _later,
    "second acquisition without times": _timeless,
    "other isotope": _iodine,
}
