import pytest

from bsgi.dicom.cameras import is_known_camera, name_camera
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.physics.camera.catalogue import CAMERAS

NAMES = Pseudonyms(b"0123456789abcdef")


@pytest.mark.parametrize(
    "text",
    [
        *CAMERAS, "Dilon 6800", "DILON 6800 Acella", "Discovery NM 750b",
        "LumaGEM 3200S", "GE MEDICAL SYSTEMS", "SIEMENS NM", "Symbia T6", "NUCLINE",
        "Philips Medical Systems", "BrightView XCT", "E.CAM", "EVE CLEAR SCAN e750",
        "bsgi", "INFINIA", "GE Healthcare Technologies",
    ],
)  # fmt: skip
def test_known_cameras_keep_their_names(text: str) -> None:
    assert name_camera(text, NAMES) == text


@pytest.mark.parametrize(
    "text",
    [
        "Quaxenbacher", "Dilon 6800 Quaxenbacher", "St. Mary's Dilon", "Eve Smith",
        "Dilon 4711", "camera of Dr. Scan", "x", "GE-Quaxenbacher", "山田 6800",
    ],
)  # fmt: skip
def test_others_get_a_pseudonym(text: str) -> None:
    name = name_camera(text, NAMES)
    assert name.startswith("camera ")
    assert not set(text.lower().split()) & (set(name.split()) - {"camera"})
    assert name == name_camera(text, NAMES)
    assert name_camera(text, Pseudonyms(None)) == text
    # A de-identified file that is imported again keeps what it has.
    assert name_camera(name, Pseudonyms(None)) == name


def test_no_camera_is_no_camera() -> None:
    assert name_camera("", NAMES) == ""
    assert not is_known_camera(" -- ")
