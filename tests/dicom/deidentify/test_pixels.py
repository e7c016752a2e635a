"""Pixels stored anew: the numbers stay, whatever lay beside them is gone."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import UID, ExplicitVRLittleEndian

from bsgi.dicom.deidentify.file import deidentify_file
from bsgi.dicom.deidentify.pixels import copy_pixels
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.dicom.read import read_file
from bsgi.errors import DicomError
from tests.archive import codes
from tests.archive.syntaxes import encode
from tests.dicom.conftest import SaveDataset
from tests.intake.plant_names import find_secrets
from tests.intake.plant_pixels import hide_in_pixels

NAMES = Pseudonyms(b"0123456789abcdef")
SECRET = b"Quaxenbacher"
SYNTAXES = (
    codes.EXPLICIT, codes.BIG_ENDIAN, codes.RLE, codes.JPEG_LOSSLESS, codes.JPEG_LS,
    codes.JPEG_2000_LOSSLESS,
)  # fmt: skip


def _copy(dataset: Dataset) -> np.ndarray:
    clean = Dataset()
    copy_pixels(dataset, clean)
    return np.frombuffer(clean.PixelData, "<u2")


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("kind", ["<u2", "<i2"])
def test_numbers_stay_in_every_transfer_syntax(
    syntax: str, kind: str, dataset: Dataset
) -> None:
    """Negative ones too: a tomogram has them, and it is passed on."""
    signed = kind == "<i2"
    numbers = np.frombuffer(dataset.PixelData, kind).reshape(1, 12, 9)
    assert not signed or numbers.min() < 0
    dataset.PixelRepresentation = int(signed)
    encode(dataset, numbers, syntax)
    np.testing.assert_array_equal(_copy(dataset), numbers.ravel().view("<u2"))


def test_bits_above_the_stored_ones_are_the_sign_or_nothing(dataset: Dataset) -> None:
    dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 12, 11, 1
    numbers = np.random.default_rng(0).integers(-2048, 2048, 12 * 9).astype("<i2")
    for words in (numbers.view("<u2"), numbers.view("<u2") & 0x0FFF):
        dataset.PixelData = words.tobytes()
        np.testing.assert_array_equal(_copy(dataset), numbers.view("<u2"))
    for bit in (12, 15):
        drawn = numbers.view("<u2").copy()
        drawn[5] ^= np.uint16(1 << bit)
        dataset.PixelData = drawn.tobytes()
        with pytest.raises(DicomError, match="above the declared 12 bits"):
            _copy(dataset)
    dataset.PixelRepresentation = 0
    dataset.PixelData = (np.abs(numbers).astype("<u2") | 0x1000).tobytes()
    with pytest.raises(DicomError, match="where a name may be drawn"):
        _copy(dataset)


def _set(keyword: str, value: object) -> Callable[[Dataset], None]:
    return lambda dataset: setattr(dataset, keyword, value)


def _set_syntax(uid: str) -> Callable[[Dataset], None]:
    return lambda dataset: setattr(dataset.file_meta, "TransferSyntaxUID", UID(uid))


def _draw(dataset: Dataset) -> None:
    dataset.add_new((0x6002, 0x0102), "US", 15)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_set("PixelData", b"\1" * 217), "must have 216 bytes .* got 217"),
        (_set("PixelData", b"\1" * 218), "must have 216 bytes .* got 218"),
        (_set("PixelData", b"\1" * 214), "must have 216 bytes .* got 214"),
        (_set("NumberOfFrames", 0), "must have 1 to 4096 frames, got 0"),
        (_set("NumberOfFrames", -1), "must have 1 to 4096 frames, got -1"),
        (_set_syntax("1.2.840.10008.1.2.4.50"), "got JPEG Baseline"),
        (_set_syntax("1.2.840.10008.1.2.4.91"), "got JPEG 2000"),
        (_set_syntax("1.2.840.10008.1.2.4.201"), "there is no decoder here"),
        (_draw, "has an overlay drawn into the bits of its pixels"),
    ],
)
def test_what_cannot_be_stored_anew_is_refused(
    change: Callable[[Dataset], None], reason: str, dataset: Dataset
) -> None:
    change(dataset)
    with pytest.raises(DicomError, match=reason):
        _copy(dataset)


def test_without_pixels_nothing_is_written(dataset: Dataset) -> None:
    del dataset.PixelData
    with pytest.raises(DicomError, match="has no pixels"):
        _copy(dataset)


@pytest.mark.parametrize("kind", ["STATIC", "TOMO"])
def test_a_name_beside_the_pixels_is_not_passed_on(
    kind: str, dataset: Dataset, save_dataset: SaveDataset, tmp_path: Path
) -> None:
    """What the importer takes and what it refuses go the same way."""
    dataset.ImageType = ["ORIGINAL", "PRIMARY", kind, "EMISSION"]
    plain, out = save_dataset(dataset), tmp_path / "clean.dcm"
    counts = deepcopy(dataset.PixelData)
    written = set()
    for place, content in hide_in_pixels(dcmread(plain), SECRET):
        assert find_secrets(content, (SECRET.decode(),)), place
        plain.write_bytes(content)
        try:
            deidentify_file(plain, out, NAMES)
        except DicomError:
            assert not out.exists(), place
            assert read_file(plain).views == (), place
            continue
        written.add(place)
        assert find_secrets(out.read_bytes(), (SECRET.decode(),)) == [], place
        clean = dcmread(out)
        assert clean.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
        assert clean.PixelData == counts, place
        out.unlink()
    assert "JPEG comment in the head" in written
    assert not written & {"high bits", "tail", "JPEG comment behind the scan"}
