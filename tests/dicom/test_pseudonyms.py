import hashlib
import hmac
import re
import stat
from pathlib import Path

import pytest

from bsgi.dicom.header import is_uid
from bsgi.dicom.pseudonyms import (
    MAX_SHIFT_DAYS,
    Pseudonyms,
    load_key,
    make_key,
)
from bsgi.errors import ConfigError, OutputError

KEY = b"0123456789abcdef"


def test_a_pseudonym_is_a_keyed_hash() -> None:
    digest = hmac.digest(KEY, b"patient\x0000815", hashlib.sha256)
    assert Pseudonyms(KEY).name_patient("00815") == "P" + digest.hex()[:16]


def test_leading_zeros_and_keys_make_another_patient() -> None:
    names = {
        Pseudonyms(key).name_patient(patient_id)
        for key in (KEY, KEY + b"x")
        for patient_id in ("815", "0815", "00815")
    }
    assert len(names) == 6


def test_identifiers_stay_identifiers() -> None:
    uid = Pseudonyms(KEY).name_uid("1.2.840")
    assert is_uid(uid)
    assert uid != "1.2.840"
    assert Pseudonyms(KEY).name_uid("1.2.840") == uid


def test_without_a_key_everything_is_kept() -> None:
    assert Pseudonyms(None).name_patient("00815") == "00815"
    assert Pseudonyms(None).name_uid("1.2") == "1.2"


def test_a_key_is_not_shown() -> None:
    assert KEY.decode() not in repr(Pseudonyms(KEY))
    assert make_key() != make_key()


def test_a_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key = load_key(path)
    assert len(key) == 32
    assert load_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_keys_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "short").write_bytes(b"secret")
    with pytest.raises(ConfigError, match="at least 16 bytes, got 6"):
        load_key(tmp_path / "short")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load_key(tmp_path)
    with pytest.raises(OutputError, match="cannot be written: File name too long"):
        load_key(tmp_path / ("x" * 250))
    with pytest.raises(ConfigError, match="must lie in a folder that exists"):
        load_key(tmp_path / "nope" / "dir" / "key")
    assert not (tmp_path / "nope").exists()


def test_dates_of_a_patient_move_back_by_one_number_of_days() -> None:
    names = Pseudonyms(KEY)
    ids = [f"{number:05d}" for number in range(2000)]
    shifts = [names.shift_days(patient_id) for patient_id in ids]
    assert [names.shift_days(patient_id) for patient_id in ids] == shifts
    assert min(shifts) >= -MAX_SHIFT_DAYS
    assert max(shifts) <= -1
    assert (
        len(set(shifts)) > 1400
    )  # of 3,650 numbers, 2,000 draws leave 1,539 on average
    assert abs(sum(shifts) / len(shifts) + MAX_SHIFT_DAYS / 2) < 4 * 1054 / 2000**0.5
    assert Pseudonyms(KEY + b"x").shift_days("00815") != names.shift_days("00815")
    assert Pseudonyms(None).shift_days("00815") == 0


def test_texts_of_a_kind_have_names_of_that_kind() -> None:
    names = Pseudonyms(KEY)
    assert re.fullmatch("camera [0-9a-f]{8}", names.name_text("camera", "Dr. Smith"))
    assert names.name_text("camera", "a") != names.name_text("camera", "b")
    assert Pseudonyms(None).name_text("camera", "a") == "a"
