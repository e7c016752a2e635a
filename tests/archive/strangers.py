"""Files that lie in an archive and are no views: floods, other modalities, damage."""

from collections.abc import Callable

import numpy as np
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate

from tests.archive import codes
from tests.archive.draft import Draft, File, begin_dataset, describe_frames, item
from tests.archive.faults import Bench, Fault
from tests.archive.syntaxes import write


def _damage(reason: str, change: Callable[[bytes], bytes]) -> Fault:
    """Bytes of the first file changed after it was written."""

    def strike(bench: Bench) -> None:
        bench.first.syntax = codes.EXPLICIT
        bench.first.damage.append(change)
        bench.first.refuse(reason)

    return strike


def _cut_pixels(content: bytes) -> bytes:
    return content[:-101]


def _cut_head(content: bytes) -> bytes:
    return content[:600]


def _lengthen(content: bytes) -> bytes:
    """The length of the pixels as 2 GB."""
    place = content.rindex(b"\xe0\x7f\x10\x00OW\0\0") + 8
    return content[:place] + b"\0\0\0\x80" + content[place + 4 :]


def _overwrite(content: bytes) -> bytes:
    """A page of zeros in the middle of the elements, as a bad disk leaves it."""
    return content[:400] + bytes(400) + content[800:]


def _no_preamble(content: bytes) -> bytes:
    return content[132:]


def _long_pixels(bench: Bench) -> None:
    """A length beyond the end of a file that has all its pixels."""
    _damage("length", _lengthen)(bench)
    bench.first.verdict = "either"


def _too_few_pixels(bench: Bench) -> None:
    bench.first.syntax = codes.EXPLICIT
    bench.first.dataset.Rows += 2
    bench.first.refuse("length")


def _too_many_frames(bench: Bench) -> None:
    bench.first.syntax = codes.EXPLICIT
    bench.first.dataset.NumberOfFrames = 7
    bench.first.refuse("length")


def _stray_bits(bench: Bench) -> None:
    """12 bits are declared and more are there."""
    first, dataset = bench.first, bench.first.dataset
    first.syntax = codes.EXPLICIT
    dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 12, 11, 0
    if first.frames is not None:
        frames = first.frames.astype(np.uint16)
        frames[0, 3, 3] = 5000
        first.frames = frames
    first.refuse("pixels")


def _cut_stream(bench: Bench) -> None:
    """Compressed pixels of which the end is missing."""
    bench.first.syntax = (
        codes.JPEG_LS,
        codes.JPEG_LOSSLESS_SV1,
        codes.RLE,
        codes.JPEG_2000_LOSSLESS,
    )[bench.rng.integers(4)]
    bench.first.damage.append(lambda content: content[: -len(content) // 8])
    bench.first.refuse("length")


def _with_stream(syntax: str) -> Fault:
    """A transfer syntax that loses counts."""

    def strike(bench: Bench) -> None:
        first = bench.first
        first.frames = None
        first.dataset.PixelData = encapsulate([b"\xff\xd8\xff\xd9" * 8])
        first.dataset["PixelData"].VR = "OB"
        first.dataset["PixelData"].is_undefined_length = True
        first.syntax = syntax
        first.refuse("lossy")

    return strike


def _flood(bench: Bench) -> None:
    """The daily flood of the same camera: of no patient's breast."""
    dataset = begin_dataset(bench.plan.ids, bench.plan.pixels, 1)
    frames = bench.rng.poisson(500, (1, *bench.plan.pixels.shape)).astype(np.uint16)
    describe_frames(dataset, frames, [1], [1], [(126.0, 154.0)])
    dataset.PixelRepresentation, dataset.PatientID = 0, "QC"
    dataset.BitsStored, dataset.HighBit = 16, 15
    dataset.StudyInstanceUID = bench.plan.ids.next_uid()
    dataset.SeriesDescription = ("DAILY FLOOD", "UNIFORMITY QC", "Co-57 FLOOD")[
        bench.rng.integers(3)
    ]
    del dataset.BodyPartExamined
    path = f"{bench.plan.folder}/flood.dcm"
    draft = Draft(path, dataset, frames, codes.EXPLICIT, ())
    draft.refuse("flood")
    bench.drafts.append(draft)


def _named_flood(bench: Bench) -> None:
    """A flood that a technologist saved under a view's name."""
    _flood(bench)
    dataset = bench.drafts[-1].dataset
    dataset.SeriesDescription += " L CC"
    dataset.ImageLaterality = "L"


def _screenshot(modality: str) -> Fault:
    """Four on one, 8 bits, words in the pixels, as a workstation saves it."""

    def strike(bench: Bench) -> None:
        shot = bench.repeat(40)
        shot.path = f"{bench.plan.folder}/screen-{modality}.dcm"
        dataset = shot.dataset
        dataset.SOPClassUID = codes.STRANGE_CLASSES["secondary capture"]
        dataset.Modality, dataset.ConversionType = modality, "WSD"
        dataset.ImageType = ["DERIVED", "SECONDARY"]
        dataset.BurnedInAnnotation = "YES"
        _narrow(shot, bench.rng)
        shot.refuse("screenshot")

    return strike


def _narrow(draft: Draft, rng: np.random.Generator) -> None:
    """Pixels of 8 bits instead."""
    dataset: Dataset = draft.dataset
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.PixelRepresentation = 0
    draft.syntax = codes.EXPLICIT
    if draft.frames is not None:
        draft.frames = rng.integers(0, 255, draft.frames.shape).astype(np.uint8)


def _eight_bits(bench: Bench) -> None:
    _narrow(bench.first, bench.rng)
    bench.first.refuse("pixels")


def _object(modality: str, class_name: str, *, pixels: bool) -> Fault:
    """Another kind of object in the same study, named like a view."""

    def strike(bench: Bench) -> None:
        other = bench.repeat(50)
        other.path = f"{bench.plan.folder}/{class_name}.dcm"
        other.dataset.SOPClassUID = codes.STRANGE_CLASSES[class_name]
        other.dataset.Modality = modality
        if not pixels:
            other.frames = None
            for keyword in ("Rows", "Columns", "BitsAllocated", "NumberOfFrames"):
                delattr(other.dataset, keyword)
        other.refuse("modality")

    return strike


def _document(bench: Bench) -> None:
    _object("DOC", "PDF", pixels=False)(bench)
    dataset = bench.drafts[-1].dataset
    dataset.EncapsulatedDocument = b"%PDF-1.4 report of NAME^GIVEN "
    dataset.MIMETypeOfEncapsulatedDocument = "application/pdf"


def _report(bench: Bench) -> None:
    _object("SR", "SR", pixels=False)(bench)
    dataset, text = bench.drafts[-1].dataset, Dataset()
    text.ValueType, text.TextValue = "TEXT", "LCC: uptake"
    text.ConceptNameCodeSequence = [item(("121071", "DCM", "Finding"))]
    dataset.ValueType, dataset.ContentSequence = "CONTAINER", [text]


FAULTS: dict[str, Fault] = {
    "cut in the pixels": _damage("length", _cut_pixels),
    "cut in the elements": _damage("damaged", _cut_head),
    "length of 2 GB": _long_pixels,
    "zeros in the middle": _damage("anything", _overwrite),
    "no preamble": _damage("no DICOM", _no_preamble),
    "empty": _damage("empty", lambda content: b""),
    "some text": _damage("no DICOM", lambda content: b"patient_id,label\n" * 40),
    "rows that are not there": _too_few_pixels,
    "frames that are not there": _too_many_frames,
    "bits that are not declared": _stray_bits,
    "compressed pixels cut": _cut_stream,
    "JPEG baseline": _with_stream(codes.JPEG_BASELINE),
    "JPEG extended": _with_stream(codes.JPEG_EXTENDED),
    "JPEG-LS near lossless": _with_stream(codes.JPEG_LS_NEAR),
    "JPEG 2000": _with_stream(codes.JPEG_2000),
    "flood": _flood,
    "flood with a view's name": _named_flood,
    "screenshot as OT": _screenshot("OT"),
    "screenshot as NM": _screenshot("NM"),
    "8 bits": _eight_bits,
    "CT": _object("CT", "CT", pixels=True),
    "MG": _object("MG", "MG", pixels=True),
    "US": _object("US", "US", pixels=True),
    "PT": _object("PT", "PT", pixels=True),
    "PR": _object("PR", "PR", pixels=False),
    "PDF": _document,
    "SR": _report,
}


def make_directory_file(uid: str) -> File:
    """The DICOMDIR of an archive's disc, which is no image."""
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.1.3.10", uid
    dataset.FileSetID, dataset.DirectoryRecordSequence = "ARCHIVE", []
    content = write(dataset, codes.EXPLICIT)
    return File("DICOMDIR", content, uid, "refused", reason="modality")
