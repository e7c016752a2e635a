import hashlib
import hmac
import stat
from pathlib import Path

import pytest

from bsgi.dicom.header import is_uid
from bsgi.errors import ConfigError, OutputError
from bsgi.intake.pseudonyms import Pseudonyms, load_key, make_key

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
    path = tmp_path / "new" / "key"
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
