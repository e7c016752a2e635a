from dataclasses import replace

import pytest

from bsgi.dicom.header import is_uid
from bsgi.errors import DicomError
from tests.dicom.conftest import make_header


@pytest.mark.parametrize(
    ("field", "value", "match"),
    [
        ("patient_id", "", "must have a patient_id"),
        ("patient_id", "a\\b", "patient_id must be at most 64 printable"),
        ("camera", "x" * 65, "camera must be at most 64"),
        ("accession", "x" * 17, "accession must be at most 16"),
        ("patient_name", "A\nB", "patient_name must be"),
        ("study_uid", "1.02", "study_uid must be a DICOM unique identifier"),
        ("age_years", 130, "age_years must be 0 to 130"),
        ("dose_mbq", 0.0, "dose_mbq must be positive"),
    ],
)
def test_what_does_not_fit_its_field_is_refused(
    field: str, value: object, match: str
) -> None:
    with pytest.raises(DicomError, match=match):
        replace(make_header(), **{field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "valid"),
    [("1.2.840", True), ("2.25.0", True), ("1.02", False), ("1..2", False),
     ("1.2.", False), ("1", False), ("", False), ("1." + "2" * 63, False)],
)  # fmt: skip
def test_identifiers_follow_part_5_chapter_9(text: str, valid: bool) -> None:
    assert is_uid(text) is valid
