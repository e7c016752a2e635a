import pytest
from pydicom import Dataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import UID

from bsgi.dicom.deidentify.pixels import copy_pixels
from bsgi.errors import DicomError

JPEG_LS, JPEG_2000 = UID("1.2.840.10008.1.2.4.80"), UID("1.2.840.10008.1.2.4.90")
SIZE = b"\xff\x51\x00\x06abcd"
BODY = b"\x01\x02\xff\x00\x03"


def _stream(
    start: bytes, last: bytes, comment: bytes, body: bytes, tail: bytes
) -> bytes:
    segment = comment + (len(b"Smith") + 2).to_bytes(2, "big") + b"Smith"
    return start + SIZE + (segment if comment else b"") + last + body + tail


def _copy(frames: list[bytes], syntax: UID, stated: int) -> list[bytes]:
    dataset, clean = Dataset(), Dataset()
    dataset.file_meta = Dataset()  # type: ignore[assignment]
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.NumberOfFrames = stated
    dataset.add_new("PixelData", "OB", encapsulate(frames))
    copy_pixels(dataset, clean)
    return list(generate_frames(clean.PixelData, number_of_frames=stated))


@pytest.mark.parametrize(
    ("syntax", "start", "last", "comment"),
    [
        (JPEG_LS, b"\xff\xd8", b"\xff\xda", b"\xff\xfe"),
        (JPEG_LS, b"\xff\xd8", b"\xff\xda", b"\xff\xe0"),
        (JPEG_LS, b"\xff\xd8", b"\xff\xda", b"\xff\xff\xef"),
        (JPEG_2000, b"\xff\x4f", b"\xff\x90", b"\xff\x64"),
    ],
)
def test_comments_and_tails_go_and_the_rest_stays(
    syntax: UID, start: bytes, last: bytes, comment: bytes
) -> None:
    plain = _stream(start, last, b"", BODY, b"\xff\xd9")
    full = _stream(start, last, comment, BODY, b"\xff\xd9Jane Smith")
    kept = _copy([full, plain], syntax, 2)
    assert [frame[: len(plain)] for frame in kept] == [plain, plain]
    assert all(len(frame) - len(plain) in {0, 1} for frame in kept)  # even length


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (b"GIF89a", "an unknown head"),
        (b"\xff\xd8" + SIZE, "a damaged head"),
        (b"\xff\xd8" + SIZE + b"\xff\xda" + BODY, "without an end"),
    ],
)
def test_what_is_no_stream_is_refused(frame: bytes, reason: str) -> None:
    with pytest.raises(DicomError, match=reason):
        _copy([frame], JPEG_LS, 1)


def test_frames_must_be_as_many_as_stated() -> None:
    frame = _stream(b"\xff\xd8", b"\xff\xda", b"", BODY, b"\xff\xd9")
    with pytest.raises(DicomError, match="compressed"):
        _copy([frame, frame], JPEG_LS, 3)
    with pytest.raises(DicomError, match="transfer syntax that is not passed on"):
        _copy([frame], UID("1.2.840.10008.1.2.4.100"), 1)
    with pytest.raises(DicomError, match="must have pixels"):
        copy_pixels(Dataset(), Dataset())
