"""A file to a clean file: the importer must see no difference."""

import subprocess
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from bsgi.dicom.deidentify.file import CleanFile, deidentify_file
from bsgi.dicom.frames.heads import OppositeHead
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.dicom.read import ReadingRules, read_file, read_view
from bsgi.dicom.views.words import load_words
from bsgi.dicom.write import build_dataset
from bsgi.errors import DicomError
from bsgi.exam.record import ViewName
from tests.dicom.conftest import SaveDataset, make_header, make_view
from tests.dicom.test_simulated_files import find_complaints

NAMES = Pseudonyms(b"0123456789abcdef")
Clean = Callable[[Dataset], tuple[CleanFile, Path]]


@pytest.fixture
def deidentify(save_dataset: SaveDataset, tmp_path: Path) -> Clean:
    """De-identifies a dataset by way of files."""

    def run(dataset: Dataset) -> tuple[CleanFile, Path]:
        out = tmp_path / "clean.dcm"
        return deidentify_file(save_dataset(dataset), out, NAMES), out

    return run


@pytest.mark.parametrize("name", ViewName)
@pytest.mark.parametrize("heads", [1, 2])
def test_a_view_stays_what_it_is(name: ViewName, heads: int, deidentify: Clean) -> None:
    view = make_view(name, heads)
    found, path = deidentify(build_dataset(view, make_header()))
    again = read_view(path)
    assert found.views == (str(name),)
    assert again.view.name is name
    np.testing.assert_array_equal(again.view.counts, view.counts)
    assert (again.view.start_s, again.dose_mbq, again.age_years) == (
        600.25,
        740.0,
        50.0,
    )
    assert again.view.heads_mirrored == view.heads_mirrored
    assert again.view.orientation == view.orientation
    assert again.simulated
    assert found.patient_id == again.patient_id == NAMES.name_patient("00815")
    assert found.notes == ()


@pytest.mark.parametrize("name", ViewName)
def test_a_view_that_only_a_text_names_gets_its_codes(
    name: ViewName, unnamed: Dataset, deidentify: Clean
) -> None:
    """The spelling is that of physics.md, the words are gone afterwards."""
    side = {"L": "LEFT", "R": "RIGHT"}[name.side]
    unnamed.SeriesDescription = f"{side} {name.projection} of Smith"
    del unnamed.PatientOrientation
    found, path = deidentify(unnamed)
    clean = dcmread(path)
    assert found.views == (str(name),)
    assert read_view(path).view.name is name
    code = clean.DetectorInformationSequence[0].ViewCodeSequence[0].CodeValue
    assert code == {"CC": "399162004", "MLO": "399368009"}[name.projection]
    assert clean.ImageLaterality == name.side
    assert "SeriesDescription" not in clean


def test_words_of_a_site_are_of_no_use_later(
    unnamed: Dataset, save_dataset: SaveDataset, tmp_path: Path
) -> None:
    table = tmp_path / "words.toml"
    table.write_text('left = ["gauche"]\ncc = ["face"]\n')
    unnamed.SeriesDescription = "gauche face"
    path, out = save_dataset(unnamed), tmp_path / "clean.dcm"
    assert read_file(path).views == ()
    deidentify_file(path, out, NAMES, load_words(table))
    assert read_view(out).view.name is ViewName.LCC


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("SeriesDescription", "R MLO"),
        ("SeriesDescription", "L ML"),
        ("SeriesDescription", "LLMO"),
        ("StudyDescription", "Flood uniformity"),
        ("DerivationDescription", "smoothed"),
        ("ProtocolName", "thyroid"),
    ],
)
def test_what_its_texts_refuse_is_not_accepted_without_them(
    keyword: str, text: str, dataset: Dataset, deidentify: Clean
) -> None:
    """The worst that could happen: a flood or another view becomes an LCC."""
    setattr(dataset, keyword, text)
    found, path = deidentify(dataset)
    assert read_file(path).views == ()
    assert found.views == ()
    assert len(found.notes) == 1
    assert "codes of side and view were removed" in found.notes[0]


def test_heads_that_only_a_site_knows_of(
    two_headed: Dataset, deidentify: Clean
) -> None:
    """The rule comes with the import: the view must be named by then."""
    for item in two_headed.DetectorInformationSequence:
        item.ImageOrientationPatient = None
        item.ViewCodeSequence = []
    del two_headed.PatientOrientation
    del two_headed.ImageLaterality
    two_headed.ImageID = ""
    two_headed.SeriesDescription = "R MLO"
    _, path = deidentify(two_headed)
    assert read_file(path).views == ()
    rules = ReadingRules(opposite_head=OppositeHead.AS_STORED)
    assert [one.view.name for one in read_file(path, rules).views] == [ViewName.RMLO]


def _merge(names: tuple[ViewName, ...], texts: tuple[str, ...]) -> Dataset:
    """One file of several views, each detector with a text for its view."""
    parts = [build_dataset(make_view(name, seed=7), make_header()) for name in names]
    merged = deepcopy(parts[0])
    for keyword in ("ImageLaterality", "ImageID", "PatientOrientation"):
        del merged[keyword]
    detectors = []
    for part, text in zip(parts, texts, strict=True):
        detector = part.DetectorInformationSequence[0]
        code = Dataset()
        code.CodeValue, code.CodingSchemeDesignator = "1", "99CAMERA"
        code.CodeMeaning = text
        detector.ViewCodeSequence = [code]
        detectors.append(detector)
    merged.DetectorInformationSequence = detectors
    count = len(parts)
    merged.NumberOfFrames = merged.NumberOfDetectors = count
    merged.DetectorVector = list(range(1, count + 1))
    merged.EnergyWindowVector = [1] * count
    merged.PixelData = b"".join(part.PixelData for part in parts)
    return merged


def test_a_file_of_several_views_keeps_them(deidentify: Clean) -> None:
    texts = ("L CC Smith", "R CC Smith", "L MLO Smith", "R MLO Smith")
    found, path = deidentify(_merge(tuple(ViewName), texts))
    assert found.views == tuple(map(str, ViewName))
    assert [source.view.name for source in read_file(path).views] == list(ViewName)
    assert "Smith" not in path.read_bytes().decode("latin-1")


def test_of_several_views_none_is_added(deidentify: Clean) -> None:
    texts = ("L CC", "R CC", "LLMO", "R MLO")
    found, path = deidentify(_merge(tuple(ViewName), texts))
    assert found.views == ("LCC", "RCC", "RMLO")
    assert len(read_file(path).views) == 3


@pytest.mark.parametrize(
    "syntax",
    [
        ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian,
        RLELossless,
    ],
)  # fmt: skip
def test_pixels_are_written_uncompressed(
    syntax: UID, dataset: Dataset, deidentify: Clean
) -> None:
    stored = dataset.PixelData
    counts = dataset.pixel_array
    if syntax == RLELossless:
        dataset.compress(RLELossless, generate_instance_uid=False)
    elif syntax == ExplicitVRBigEndian:
        dataset.PixelData = counts.astype(">u2").tobytes()
    dataset.file_meta.TransferSyntaxUID = syntax
    _, path = deidentify(dataset)
    clean = dcmread(path)
    assert clean.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert clean.PixelData == stored
    np.testing.assert_array_equal(read_view(path).view.counts[0], counts)


@pytest.mark.parametrize(
    ("program", "words"),
    [("dcmcjpeg", ("--encode-lossless-sv1",)), ("dcmcjpls", ("--encode-lossless",))],
)
def test_comments_inside_compressed_pixels_are_left_out(
    program: str,
    words: tuple[str, ...],
    dataset: Dataset,
    save_dataset: SaveDataset,
    tmp_path: Path,
    require_program: Callable[[str], str],
) -> None:
    packed, out = tmp_path / "packed.dcm", tmp_path / "clean.dcm"
    command = [require_program(program), *words, save_dataset(dataset), packed]
    subprocess.run([*map(str, command)], check=True, capture_output=True)
    plain = dcmread(packed)
    plain.pop(0x00082111, None)  # what the program says of the compression
    plain.save_as(packed)
    content = packed.read_bytes()
    # A comment behind the start of the image, in a fragment that is longer by it.
    start = content.index(b"\xff\xd8\xff")
    comment = b"\xff\xfe\x00\x0eSmith, Jane "
    assert len(comment) == 2 + 0x0E
    size = int.from_bytes(content[start - 4 : start], "little") + len(comment)
    packed.write_bytes(
        content[: start - 4] + size.to_bytes(4, "little") + content[start : start + 2]
        + comment + content[start + 2 :]
    )  # fmt: skip
    before = read_view(packed)
    assert b"Smith" in dcmread(packed).PixelData
    deidentify_file(packed, out, NAMES)
    assert b"Smith" not in out.read_bytes()
    np.testing.assert_array_equal(read_view(out).view.counts, before.view.counts)


@pytest.mark.parametrize("rule", OppositeHead)
@pytest.mark.parametrize("apart", [False, True])
def test_heads_that_run_the_same_way_stay_what_they_are(
    rule: OppositeHead, apart: bool, two_headed: Dataset, deidentify: Clean,
    tmp_path: Path,
) -> None:  # fmt: skip
    """Two heads or two acquisitions: whatever a site says of it later."""
    first, second = two_headed.DetectorInformationSequence
    second.ImageOrientationPatient = first.ImageOrientationPatient
    if apart:
        first.ImagePositionPatient = [0, 0, 0]
        second.ImagePositionPatient = [0, 0, 60]
    for item in (first, second):
        item.ViewCodeSequence = []
    _, path = deidentify(two_headed)
    rules = ReadingRules(opposite_head=rule)
    before = read_file(tmp_path / "file.dcm", rules)
    after = read_file(path, rules)
    assert len(before.views) == int(apart or rule is OppositeHead.AS_STORED)
    assert [one.view.name for one in before.views] == [
        one.view.name for one in after.views
    ]
    assert before.refusals == after.refusals


@pytest.mark.parametrize("limit", [None, 65535])
def test_padding_is_padding_afterwards(
    limit: int | None, dataset: Dataset, deidentify: Clean, tmp_path: Path
) -> None:
    dataset.PixelPaddingValue = int(make_view().counts.max()) - 9
    if limit is not None:
        dataset.PixelPaddingRangeLimit = limit
    _, path = deidentify(dataset)
    for place in (tmp_path / "file.dcm", path):
        found = read_file(place)
        assert bool(found.views) == (limit is None)
        assert limit is None or "padding" in found.refusals[0]


def _break(dataset: Dataset, **values: object) -> Dataset:
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"BurnedInAnnotation": "YES"}, "has annotation burned in"),
        ({"RecognizableVisualFeatures": "YES"}, "show who the patient is"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "got Secondary Capture Image"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.11"}, "got Basic Text SR"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.104.1"}, "got Encapsulated PDF"),
        ({"Modality": "OT"}, "must have modality NM, got 'OT'"),
        ({"ConversionType": "WSD"}, "is a secondary capture"),
        ({"ImageType": ["DERIVED", "SECONDARY", "STATIC"]}, "picture of a screen"),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "SMITH"]}, "must have the terms"),
        ({"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}, "picture of 8 bits"),
        ({"PhotometricInterpretation": "RGB"}, "got 'RGB': a coloured"),
        ({"PatientID": ""}, "must have a Patient ID"),
        ({"StudyInstanceUID": ""}, "must have one StudyInstanceUID"),
        ({"PixelData": b"\0\0" * 300}, "must have 216 bytes of pixels .* got 600"),
    ],
)
def test_what_may_hold_a_name_is_refused(
    values: dict[str, object], reason: str, dataset: Dataset, deidentify: Clean,
    tmp_path: Path,
) -> None:  # fmt: skip
    with pytest.raises(DicomError, match=reason):
        deidentify(_break(dataset, **values))
    assert not (tmp_path / "clean.dcm").exists()


@pytest.mark.parametrize(
    "kind", ["TOMO", "RECON TOMO", "WHOLE BODY", "GATED", "DYNAMIC"]
)
def test_every_image_of_counts_is_taken(
    kind: str, dataset: Dataset, deidentify: Clean
) -> None:
    dataset.ImageType = ["ORIGINAL", "PRIMARY", kind, "EMISSION"]
    _, path = deidentify(dataset)
    assert dcmread(path).ImageType[2] == kind


def test_the_head_of_a_file_is_new(dataset: Dataset, deidentify: Clean) -> None:
    dataset.preamble = b"Smith, Jane".ljust(128)
    dataset.file_meta.SourceApplicationEntityTitle = "SMITH"
    _, path = deidentify(dataset)
    content = path.read_bytes()
    assert content[:132] == bytes(128) + b"DICM"
    assert "SourceApplicationEntityTitle" not in dcmread(path).file_meta
    assert b"smith" not in content.lower()


@pytest.mark.parametrize("heads", [1, 2])
def test_dciodvfy_finds_no_error(
    heads: int, deidentify: Clean, require_program: Callable[[str], str]
) -> None:
    program = require_program("dciodvfy")
    view = make_view(ViewName.RMLO, heads)
    _, path = deidentify(build_dataset(view, make_header()))
    found = [line for line in find_complaints(program, path) if "Study ID" not in line]
    assert found == []  # without a study identifier it has no place in a DICOMDIR


def test_dciodvfy_finds_no_new_error_in_real_files(
    shared_folder: Path, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    program = require_program("dciodvfy")
    taken = 0
    for path in sorted((shared_folder / "data" / "nm_dicom").glob("*.dcm")):
        out = tmp_path / path.name
        try:
            deidentify_file(path, out, NAMES)
        except DicomError:
            continue
        taken += 1
        before, after = (find_complaints(program, place) for place in (path, out))
        new = {line for line in after if line.startswith("Error")} - set(before)
        assert not new, path.name
    assert taken >= 12
