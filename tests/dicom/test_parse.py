import logging
import warnings
import zlib
from pathlib import Path

import pytest
from pydicom.config import IGNORE, settings
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import DeflatedExplicitVRLittleEndian, RLELossless

from bsgi.dicom import parse
from bsgi.errors import DicomError
from tests.dicom.conftest import SaveDataset


def test_a_deflated_bomb_is_refused_before_it_is_inflated(
    dataset: Dataset, save_dataset: SaveDataset
) -> None:
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    content = save_dataset(dataset).read_bytes()
    length = 144 + int.from_bytes(content[140:144], "little")
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(80)) + packer.flush()
    with pytest.raises(DicomError, match="must inflate to less than 64 MiB"):
        parse.parse_bytes(content[:length] + bomb)
    with pytest.raises(DicomError, match="does not inflate"):
        parse.parse_bytes(content[:length] + b"\xff" * 100)
    with pytest.raises(DicomError, match="the length of its head is missing"):
        parse.parse_bytes(content[:132] + b"\0" * 12 + content[144:])


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as stream:
        stream.truncate(parse.MAX_FILE_BYTES + 1)  # sparse: takes no room
    with pytest.raises(DicomError, match="must be smaller than 64 MiB"):
        parse.parse_file(path)


def test_deep_nesting_is_a_refusal(tmp_path: Path) -> None:
    item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    sequence = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff"
    content = bytes(128) + b"DICM" + (sequence + item) * 5000
    with pytest.raises(DicomError, match=r"elements cannot be read \(RecursionError\)"):
        parse.parse_bytes(content)


def test_values_of_a_file_reach_neither_warnings_nor_the_log(
    dataset: Dataset, save_dataset: SaveDataset, caplog: pytest.LogCaptureFixture
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset.StudyDate = "SMITH^JANE"
        path = save_dataset(dataset)
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        found = parse.parse_file(path)
        parse.read_text(found, "StudyDate")
    assert caplog.text == ""
    assert not logging.getLogger("pydicom").disabled


@pytest.mark.parametrize(
    "text",
    ["L CC", " L CC ", "", " ", "A\\B", "\\", "M\u00fcller", "a\x1b(Bb", "0\x00", "\n"],
)
@pytest.mark.parametrize("keyword", ["SeriesDescription", "ImageID", "Laterality"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_plain_texts_are_read_as_pydicom_reads_them(
    dataset: Dataset, save_dataset: SaveDataset, keyword: str, text: str
) -> None:
    dataset[keyword] = DataElement(keyword, dictionary_VR(keyword), text)
    content = save_dataset(dataset).read_bytes()
    found, decoded = parse.parse_bytes(content), parse.parse_bytes(content)
    with parse.quiet():
        _ = decoded[keyword].value
    assert parse.read_text(found, keyword) == parse.read_text(decoded, keyword)


@pytest.mark.parametrize(
    "numbers",
    ["1", "-1.5", "+2", " 3", "4 ", "1e3", "1\\2", "1\\", "", "x", "12345678901234",
     "1.", ".5", "1.5\\-2 ", "0x1", "1_0", "nan", "1e400"],
)  # fmt: skip
@pytest.mark.parametrize("keyword", ["RescaleSlope", "PixelSpacing"])
def test_plain_numbers_are_read_as_pydicom_reads_them(
    keyword: str, numbers: str
) -> None:
    tag = Tag(keyword)
    stored = numbers.encode().ljust(len(numbers) + len(numbers) % 2)

    def read(*, decode: bool) -> object:
        found = Dataset()
        found[tag] = RawDataElement(tag, "DS", len(stored), stored, 0, False, True)
        try:
            if decode:
                with parse.quiet():
                    _ = found[tag].value
            return parse.read_numbers(found, keyword)
        except (DicomError, *parse.FAILURES):
            return "refused"

    assert read(decode=False) == read(decode=True)


@pytest.mark.parametrize("stored", [b"\1\2", b"\1\2\xff\3", b"", b"\1", b"\1\2\3"])
@pytest.mark.parametrize("little", [True, False])
def test_plain_integers_are_read_as_pydicom_reads_them(
    stored: bytes, little: bool
) -> None:
    tag = Tag("DetectorVector")
    read = []
    for decode in (False, True):
        found = Dataset()
        found[tag] = RawDataElement(tag, "US", len(stored), stored, 0, False, little)
        try:
            if decode:
                with parse.quiet():
                    _ = found[tag].value
            read.append(parse.read_numbers(found, "DetectorVector"))
        except (DicomError, *parse.FAILURES):
            read.append(())
    assert read[0] == read[1]


@pytest.mark.parametrize("kind", ["DS", None])
def test_a_list_of_a_million_numbers_is_not_decoded(kind: str | None) -> None:
    tag = Tag("PixelSpacing")
    stored = b"1\\" * 1_000_000
    found = Dataset()
    found[tag] = RawDataElement(tag, kind, len(stored), stored, 0, kind is None, True)
    with pytest.raises(DicomError, match="Pixel Spacing must be shorter than 128 KiB"):
        parse.read_numbers(found, "PixelSpacing")


def test_compressed_pixels_that_are_cut_off_are_damage(
    dataset: Dataset, save_dataset: SaveDataset
) -> None:
    dataset.compress(RLELossless)
    content = save_dataset(dataset).read_bytes()
    for end in (-100, -30):
        with pytest.raises(DicomError, match="is a damaged DICOM file: it is cut off"):
            parse.parse_bytes(content[:end])


def _state() -> tuple[bool, bool]:
    """Whether pydicom is kept from its log, and from judging values."""
    return logging.getLogger("pydicom").disabled, (
        settings.reading_validation_mode == IGNORE
    )


def test_silence_lasts_until_the_outermost_block_ends() -> None:
    assert _state() == (False, False)
    with parse.quiet():
        with parse.quiet():
            warnings.warn("not heard", stacklevel=1)
        assert _state() == (True, True)
        warnings.warn("not heard", stacklevel=1)
    assert _state() == (False, False)


def test_a_word_that_is_no_keyword_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="PatientsName"):
        parse.read_text(Dataset(), "PatientsName")


def test_fields_are_read_with_one_kind_of_error(dataset: Dataset) -> None:
    assert parse.read_text(dataset, "ImageType") == r"ORIGINAL\PRIMARY\STATIC\EMISSION"
    assert parse.read_text(dataset, "ImageComments").startswith("SIMULATED")
    assert parse.read_text(dataset, "ViewPosition") == ""
    assert parse.read_numbers(dataset, "PixelSpacing") == (3.2, 2.46)
    assert parse.read_integer(dataset, "Rows") == 12
    assert parse.read_number(dataset, "RescaleSlope") is None
    assert parse.read_items(dataset, "ViewCodeSequence") == ()
    with pytest.raises(DicomError, match="Pixel Spacing must be one number"):
        parse.read_number(dataset, "PixelSpacing")
    with pytest.raises(DicomError, match="Image Type must hold numbers"):
        parse.read_numbers(dataset, "ImageType")
    with pytest.raises(DicomError, match="Modality must be a sequence of items"):
        parse.read_items(dataset, "Modality")
    limits = Dataset()
    limits.EnergyWindowLowerLimit = "126.5"
    dataset.PixelSpacing = ["1.5", "1e400"]
    with pytest.raises(DicomError, match="Pixel Spacing must hold finite numbers"):
        parse.read_numbers(dataset, "PixelSpacing")
    with pytest.raises(DicomError, match="Energy Window Lower Limit must be a whole"):
        parse.read_integer(limits, "EnergyWindowLowerLimit")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("RECON TOMO", "'RECON TOMO'"),
        ("", "nothing"),
        ("SMITH^JANE", "something that is no code"),
        ("SMITH", "something that is no code"),
        ("OT\nDI", "something that is no code"),
        ("A" * 17, "something that is no code"),
    ],
)
def test_only_codes_are_shown(text: str, wanted: str) -> None:
    assert parse.shown(text) == wanted


@pytest.mark.parametrize(
    ("uid", "name"),
    [
        ("1.2.840.10008.5.1.4.1.1.20", "Nuclear Medicine Image Storage"),
        ("1.2.3.4", "an identifier that is not registered"),
        ("1.2.3\\SMITH", "an identifier that is not registered"),
    ],
)
def test_only_registered_identifiers_are_named(uid: str, name: str) -> None:
    assert parse.name_uid(uid) == name
