"""Pixels of every transfer syntax, compressed by other programs: DCMTK and GDCM."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import UID

from bsgi.dicom.frames.decode import decode_frames
from bsgi.dicom.frames.layout import read_layout
from bsgi.dicom.parse import parse_bytes, parse_file
from bsgi.dicom.read import read_file
from bsgi.dicom.write import build_dataset
from bsgi.errors import DicomError
from tests.dicom.conftest import SaveDataset, make_header, make_view
from tests.dicom.frames.conftest import Convert

PROGRAMS = {
    "implicit": ("dcmconv", "+ti"),
    "explicit": ("dcmconv", "+te"),
    "big endian": ("dcmconv", "+tb"),
    "deflated": ("dcmconv", "+td"),
    "RLE": ("dcmcrle",),
    "JPEG lossless": ("dcmcjpeg", "+e1"),
    "JPEG lossless, predictor 1": ("dcmcjpeg", "+el", "+sv", "1"),
    "JPEG lossless, predictor 6": ("dcmcjpeg", "+el", "+sv", "6"),
    "JPEG lossless, predictor 7": ("dcmcjpeg", "+el", "+sv", "7"),
    "JPEG-LS": ("dcmcjpls", "+el"),
    "JPEG lossless by GDCM": ("gdcm", "1.2.840.10008.1.2.4.70"),
    "JPEG-LS by GDCM": ("gdcm", "1.2.840.10008.1.2.4.80"),
    "JPEG 2000 by GDCM": ("gdcm", "1.2.840.10008.1.2.4.90"),
}


LOSSY = r"was compressed with loss|must have a lossless transfer syntax"


def build_file(
    bits: int, heads: int = 2, *, signed: bool = False
) -> tuple[Dataset, np.ndarray]:
    """A view whose counts use all bits, but for the sign."""
    rng = np.random.default_rng(bits)
    top = 2 ** (bits - signed)
    counts = rng.integers(0, top, (heads, 12, 9)).astype(np.uint16)
    counts[:, 3:9, 2:7] = rng.poisson(top / 40, (heads, 6, 5)).clip(0, top - 1)
    counts[0, 0, :2] = 0, top - 1
    dataset = build_dataset(make_view(heads=heads), make_header())
    dataset.PixelData = counts.astype("<u2").tobytes()
    dataset.CountsAccumulated = int(counts.sum())
    dataset.BitsStored, dataset.HighBit = bits, bits - 1
    dataset.PixelRepresentation = int(signed)
    return dataset, counts


def decode(dataset: Dataset) -> np.ndarray:
    layout = read_layout(dataset, int(dataset.get("NumberOfFrames") or 1))
    return decode_frames(dataset, layout)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(
    ("bits", "signed"), [(16, False), (16, True), (12, True), (8, False)]
)
def test_counts_come_back_bit_for_bit(
    program: str, bits: int, signed: bool, tmp_path: Path, save_dataset: SaveDataset,
    convert: Convert,
) -> None:  # fmt: skip
    dataset, counts = build_file(bits, signed=signed)
    target = tmp_path / "compressed.dcm"
    convert(save_dataset(dataset), target, PROGRAMS[program])
    found = parse_file(target)
    assert found.file_meta.TransferSyntaxUID != dataset.file_meta.TransferSyntaxUID or (
        program == "explicit"
    )
    np.testing.assert_array_equal(decode(found), counts)


@pytest.mark.parametrize(
    "program", ["RLE", "JPEG lossless", "JPEG-LS", "JPEG 2000 by GDCM"]
)
def test_a_compressed_file_is_the_same_view(
    program: str, tmp_path: Path, save_dataset: SaveDataset, convert: Convert
) -> None:
    dataset, counts = build_file(16)
    target = tmp_path / "compressed.dcm"
    convert(save_dataset(dataset), target, PROGRAMS[program])
    source = read_file(target)
    assert source.refusals == ()
    np.testing.assert_array_equal(source.views[0].view.counts, counts)
    assert source.views[0].notes == ()


@pytest.mark.parametrize(
    "program",
    [("dcmcjpeg", "+ee"), ("dcmcjpls", "+en"), ("dcmcjpeg", "+el", "+pt", "2"),
     ("gdcm", "1.2.840.10008.1.2.4.91")],
    ids=" ".join,
)  # fmt: skip
def test_what_was_compressed_with_loss_is_refused(
    program: tuple[str, ...], tmp_path: Path, save_dataset: SaveDataset,
    convert: Convert,
) -> None:  # fmt: skip
    target = tmp_path / "compressed.dcm"
    convert(save_dataset(build_file(12, heads=1)[0]), target, program)
    found = parse_file(target)
    with pytest.raises(DicomError, match=LOSSY):
        decode(found)
    # And where the file hides it.
    found.LossyImageCompression = "00"
    with pytest.raises(DicomError, match=LOSSY):
        decode(found)


@pytest.mark.parametrize(
    ("syntax", "match"),
    [
        ("1.2.840.10008.1.2.4.50", "lossless transfer syntax, got JPEG Baseline"),
        ("1.2.840.10008.1.2.4.81", "lossless transfer syntax, got JPEG-LS Lossy"),
        ("1.2.840.10008.1.2.4.91", "lossless transfer syntax, got JPEG 2000 Image"),
        ("1.2.840.10008.1.2.4.203", "lossless transfer syntax, got High-Throughput"),
        ("1.2.840.10008.1.2.4.201", "for which there is no decoder here"),
        ("1.2.840.10008.1.2.4.100", "lossless transfer syntax, got MPEG2"),
        ("1.2.3.4", "got an identifier that is not registered"),
        ("", "lossless transfer syntax, got none"),
    ],
)
def test_other_transfer_syntaxes_are_refused(
    dataset: Dataset, syntax: str, match: str
) -> None:
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    with pytest.raises(DicomError, match=match):
        decode(dataset)


def test_what_was_once_lossy_is_refused(dataset: Dataset) -> None:
    dataset.LossyImageCompression = "01"
    with pytest.raises(DicomError, match="was compressed with loss"):
        decode(dataset)


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"", "must have 216 bytes of pixels as declared, got 0"),
        (b"\1" * 215, "got 215"),
        (b"\1" * 218, "got 218"),
    ],
)
def test_native_pixels_have_the_declared_length(
    dataset: Dataset, data: bytes, match: str
) -> None:
    dataset.PixelData = data
    with pytest.raises(DicomError, match=match):
        decode(dataset)


def test_missing_pixels_are_refused(dataset: Dataset) -> None:
    del dataset.PixelData
    with pytest.raises(DicomError, match="has no pixels"):
        decode(dataset)


def test_pixels_of_an_unknown_representation_are_refused(
    dataset: Dataset, save_dataset: SaveDataset
) -> None:
    """Found by turning bytes at random: the element fails when it is asked for."""
    content = save_dataset(dataset).read_bytes()
    damaged = content.replace(b"\xe0\x7f\x10\x00OW", b"\xe0\x7f\x10\x00W\0")
    assert damaged != content
    with pytest.raises(DicomError, match="Pixel Data cannot be decoded"):
        decode(parse_bytes(damaged))


def test_signed_pixels_are_counts_unless_negative(dataset: Dataset) -> None:
    counts = np.arange(12 * 9, dtype="<i2")
    dataset.PixelRepresentation = 1
    dataset.PixelData = counts.tobytes()
    np.testing.assert_array_equal(decode(dataset).ravel(), counts)
    dataset.PixelData = (counts - 1).tobytes()
    with pytest.raises(DicomError, match="has negative pixels"):
        decode(dataset)
    dataset.BitsStored, dataset.HighBit = 12, 11
    with pytest.raises(DicomError, match="has negative pixels"):
        decode(dataset)


def test_pixels_above_the_stored_bits_are_refused(dataset: Dataset) -> None:
    dataset.BitsStored, dataset.HighBit = 12, 11
    with pytest.raises(DicomError, match="pixels above the declared 12 bits"):
        decode(dataset)


def test_padding_is_refused_where_there_is_any(dataset: Dataset) -> None:
    counts = np.arange(12 * 9, dtype="<u2")
    dataset.PixelData = counts.tobytes()
    for value in (0, 1000):
        dataset.PixelPaddingValue = value
        decode(dataset)
    dataset.PixelPaddingValue = 7
    with pytest.raises(DicomError, match="has padding pixels"):
        decode(dataset)


@pytest.mark.parametrize(
    ("value", "limit", "refused"),
    [
        (60000, 65535, True),
        (65535, 60000, True),
        (None, 65535, True),
        (100, 59999, False),
        (0, 99, False),
        (0, 60000, True),
    ],
)
def test_a_range_of_padding_is_padding(
    dataset: Dataset, value: int | None, limit: int, refused: bool
) -> None:
    """Either end may be the value; 0 is what lies beside the field of a detector."""
    counts = np.zeros(12 * 9, "<u2")
    counts[3:5] = 60000, 65535
    dataset.PixelData = counts.tobytes()
    if value is not None:
        dataset.PixelPaddingValue = value
    dataset.PixelPaddingRangeLimit = limit
    if refused:
        with pytest.raises(DicomError, match="has padding pixels"):
            decode(dataset)
    else:
        np.testing.assert_array_equal(decode(dataset).ravel(), counts)


def _compress(tmp_path: Path, save: SaveDataset, convert: Convert) -> Dataset:
    target = tmp_path / "compressed.dcm"
    convert(save(build_file(16)[0]), target, PROGRAMS["JPEG-LS"])
    return parse_file(target)


def test_fragments_and_frames_must_agree(
    tmp_path: Path, save_dataset: SaveDataset, convert: Convert
) -> None:
    dataset = _compress(tmp_path, save_dataset, convert)
    whole = decode(dataset)
    frames = list(generate_frames(dataset.PixelData, number_of_frames=2))
    dataset.PixelData = encapsulate(frames, fragments_per_frame=3)
    np.testing.assert_array_equal(decode(dataset), whole)
    for data, match in (
        (
            encapsulate(frames[:1]),
            "must have 2 to 16384 fragments of pixels for its frames, got 1",
        ),
        (encapsulate([*frames, frames[0]]), "must have 2 compressed frames|told apart"),
        (
            encapsulate([b"\0\0"] * 16385),
            "16384 fragments of pixels for its frames, got more",
        ),
        (b"\0" * 100, "cannot be told apart"),
        (b"", "cannot be told apart|fragments of pixels"),
    ):
        dataset.PixelData = data
        with pytest.raises(DicomError, match=match):
            decode(dataset)


def test_a_bomb_is_never_decoded(dataset: Dataset) -> None:
    """A few bytes that declare 4096 x 4096 pixels, in the file and in its stream."""
    dataset.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2.4.80")
    dataset.PixelData = encapsulate([b"\xff\xd8\xff\xd9"])
    dataset.Rows = dataset.Columns = 4096
    with pytest.raises(DicomError, match="must have 1 to 4194304 compressed pixels"):
        decode(dataset)


# Each change is read in a process of its own kind: a decoder that ends its process
# would end the tests with it.
_HARNESS = """
import sys
from pathlib import Path
import numpy as np
from bsgi.dicom.read import read_file
path, count = Path(sys.argv[1]), int(sys.argv[2])
content = path.read_bytes()
pixels = content.rindex(bytes.fromhex("e07f1000"))
views = 0
for seed in range(count):
    rng = np.random.default_rng(seed)
    changed = bytearray(content)
    end = len(content) if seed % 2 else min(len(content), pixels + 180)
    for place in rng.integers(pixels + 12, end, rng.integers(1, 6)):
        changed[place] = rng.integers(256)
    if seed % 5 == 0:
        changed = changed[: rng.integers(pixels, len(content))]
    path.write_bytes(changed)
    source = read_file(path)
    assert source.views or source.refusals
    views += len(source.views)
print(views)
"""


@pytest.mark.parametrize(
    "program", ["RLE", "JPEG lossless by GDCM", "JPEG-LS", "JPEG 2000 by GDCM"]
)
def test_no_damage_can_end_the_process(
    program: str, tmp_path: Path, save_dataset: SaveDataset, convert: Convert
) -> None:
    """GDCM ends its process at a JFIF head of another version than it knows."""
    target = tmp_path / "compressed.dcm"
    convert(save_dataset(build_file(16)[0]), target, PROGRAMS[program])
    done = subprocess.run(
        [sys.executable, "-c", _HARNESS, target, "120"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-300:]


def test_a_head_that_ends_the_decoder_never_reaches_it(
    tmp_path: Path, save_dataset: SaveDataset, convert: Convert
) -> None:
    """Found by turning bytes: version 40 of JFIF, as DCMTK writes version 1."""
    target = tmp_path / "compressed.dcm"
    convert(save_dataset(build_file(16)[0]), target, PROGRAMS["JPEG lossless"])
    content = target.read_bytes()
    place = content.index(b"JFIF\0") + 5
    target.write_bytes(content[:place] + b"\x28" + content[place + 1 :])
    assert dcmread(target).file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.4.70"
    np.testing.assert_array_equal(decode(parse_file(target)), build_file(16)[1])
