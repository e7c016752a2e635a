"""Damaged files: refused in a line, or clean; never an error, never a name."""

from pathlib import Path

import numpy as np

from bsgi.dicom.deidentify.file import deidentify_file
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.errors import DicomError
from bsgi.exam.record import ViewName
from tests.intake.plant_names import find_secrets, make_named_view, unchecked

NAMES = Pseudonyms(b"0123456789abcdef")


def test_no_damage_lets_a_name_through(tmp_path: Path) -> None:
    source, out = tmp_path / "source.dcm", tmp_path / "clean.dcm"
    with unchecked():
        make_named_view(ViewName.LCC)[0].save_as(source, enforce_file_format=True)
    whole = source.read_bytes()
    rng = np.random.default_rng(0)
    reasons: list[str] = []
    for _ in range(120):
        content = bytearray(whole)
        for place in rng.integers(132, len(whole) - 16, rng.integers(1, 4)):
            damage = rng.integers(0, 256, rng.integers(1, 5)).astype(np.uint8)
            content[place : place + rng.integers(0, 5)] = damage.tobytes()
        source.write_bytes(content)
        try:
            deidentify_file(source, out, NAMES)
        except DicomError as reason:
            reasons.append(str(reason))
            assert not out.exists()
        else:
            assert find_secrets(out.read_bytes()) == []
            out.unlink()
    assert find_secrets("\n".join(reasons).encode()) == []
    assert 20 < len(reasons) < 120
