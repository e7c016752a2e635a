"""Patients, identifiers, dates and cameras under other names, by a keyed hash.

The same key gives the same pseudonyms, in another import and at another time; without
the key nobody can tell which patient a pseudonym is, not even by trying all ids.

References:
    HMAC-SHA256: RFC 2104, FIPS 198-1. DICOM PS3.15 E.1.1 on consistent replacement of
    identifiers; PS3.5 B.2 for identifiers under the root 2.25.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bsgi.errors import ConfigError, OutputError
from bsgi.files import new_file

KEY_BYTES: Final = 32
_MIN_KEY_BYTES: Final = 16

MAX_SHIFT_DAYS: Final = 3650
"""Dates of a patient move back by at most ten years."""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Names that stand for patients and identifiers.

    Args:
        key: Secret key of the hash; None keeps every identifier as it is.

    Raises:
        ConfigError: If the key is too short to be a secret.
    """

    key: bytes | None = field(repr=False)

    def __post_init__(self) -> None:
        if self.key is not None and len(self.key) < _MIN_KEY_BYTES:
            raise ConfigError(
                f"a key of pseudonyms must have at least {_MIN_KEY_BYTES} bytes, "
                f"got {len(self.key)}; leave the file away to have one made."
            )

    def name_patient(self, patient_id: str) -> str:
        """The pseudonym of a patient, or her id where ids are kept."""
        if self.key is None:
            return patient_id
        return f"P{self._hash(self.key, 'patient', patient_id)[:8].hex()}"

    def name_uid(self, uid: str) -> str:
        """The identifier that stands for a DICOM unique identifier."""
        if self.key is None:
            return uid
        digest = self._hash(self.key, "uid", uid)[:16]
        return f"2.25.{int.from_bytes(digest, 'big')}"

    def shift_days(self, patient_id: str) -> int:
        """By how many days all dates of a patient move: -1 to -3650, never 0.

        The same number for all her files, so that every interval of hers survives.
        Where ids are kept, dates are too, and the number is 0.

        References:
            DICOM PS3.15 E.3.6: longitudinal temporal information with modified dates.
        """
        if self.key is None:
            return 0
        digest = self._hash(self.key, "dates", patient_id)[:8]
        return -1 - int.from_bytes(digest, "big") % MAX_SHIFT_DAYS

    def name_text(self, kind: str, text: str) -> str:
        """A word that stands for a text of a kind, such as ``camera 5f0c92d1``.

        Args:
            kind: What the text is, in lower case; also the first word of the name.
            text: The text; kept as it is where ids are kept.
        """
        if self.key is None:
            return text
        return f"{kind} {self._hash(self.key, kind, text)[:4].hex()}"

    @staticmethod
    def _hash(key: bytes, kind: str, text: str) -> bytes:
        return hmac.new(key, f"{kind}\0{text}".encode(), hashlib.sha256).digest()


def make_key() -> bytes:
    """A new secret key, from the operating system."""
    return secrets.token_bytes(KEY_BYTES)


def load_key(path: Path) -> bytes:
    """Read the key of a file, or make the file with a new key.

    Args:
        path: A file of at least 16 bytes, readable by its owner only when made here.

    Raises:
        ConfigError: If the file cannot be read or is too short, or its folder does not
            exist: a key in a place that nobody meant is a key that is lost.
        OutputError: If a new key cannot be written.
    """
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise ConfigError(
                f"the key {path} must lie in a folder that exists; make the folder, or "
                "name another."
            ) from None
        return _save_key(path)
    except OSError as reason:
        raise ConfigError(
            f"the key {path} cannot be read: {reason.strerror}."
        ) from None
    Pseudonyms(key)
    return key


def _save_key(path: Path) -> bytes:
    """Make a key and write it beside its place first, for its owner only."""
    key = make_key()
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    try:
        with (
            new_file(path) as partial,
            os.fdopen(os.open(partial, flags, 0o600), "wb") as stream,
        ):
            stream.write(key)
    except OSError as reason:
        raise OutputError(
            f"the key {path} cannot be written: {reason.strerror}."
        ) from None
    return key
