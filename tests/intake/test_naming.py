"""Names and ranks of exams must not depend on how files lie in a folder."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest

from bsgi.cohort.store import load_cohort
from bsgi.intake.folder import import_folder
from bsgi.intake.pseudonyms import Pseudonyms
from tests.intake.conftest import Put


def test_exam_ids_do_not_depend_on_the_file_system(
    source: Path, put: Put, table: Callable[[str], Path], tmp_path: Path
) -> None:
    for patient_id in ("b", "a", "c"):
        for study in (3, 1, 2):
            put(f"{study}{patient_id}.dcm", patient_id, study=study)
    other = tmp_path / "other"
    for number, path in enumerate(sorted(source.iterdir(), reverse=True)):
        (other / str(number)).mkdir(parents=True)
        shutil.copy(path, other / str(number) / "IM0001")
    labels = table("patient_id,label\na,1\n")
    key = tmp_path / "key"
    for folder, out in ((source, "first"), (other, "second")):
        import_folder(folder, labels, tmp_path / out, key=key)
    first, second = (load_cohort(tmp_path / name) for name in ("first", "second"))
    assert first.rows == second.rows
    assert len(first.rows) == 9
    for row in first.rows:
        name = f"exams/{row.exam_id}.npz"
        one, two = (cohort.folder / name for cohort in (first, second))
        assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("keep_ids", [True, False])
def test_exams_are_ranked_by_date_and_the_date_is_not_told(
    source: Path,
    put: Put,
    table: Callable[[str], Path],
    tmp_path: Path,
    keep_ids: bool,
) -> None:
    days = {"a": (9, 2), "b": (30,), "c": (2,), "d": (5,)}
    for patient_id, studies in days.items():
        for study in studies:
            put(f"{patient_id}{study}.dcm", patient_id, study=study)
    # Without a date, an exam has no rank and shifts that of no other.
    path = source / "d5.dcm"
    image = pydicom.dcmread(path)
    for element in list(image):
        if element.keyword.endswith(("Date", "DateTime")):
            del image[element.tag]
    image.save_as(path)
    labels = table("patient_id,label\nb,1\nc,0\n")
    key = None if keep_ids else tmp_path / "key"
    out = tmp_path / "cohort"
    import_folder(source, labels, out, key=key, keep_ids=keep_ids)
    rows = load_cohort(out).rows
    names = {"a": "a", "b": "b", "c": "c", "d": "d"}
    if key is not None:
        hidden = Pseudonyms(key.read_bytes())
        names = {hidden.name_patient(name): name for name in names}
    ranks = {
        names[row.patient_id] + row.exam_id.rpartition("-")[2]: row.time_order
        for row in rows
    }
    assert ranks == {"a1": 1, "a2": 2, "b1": 3, "c1": 1, "d1": None}
    assert "2021" not in (out / "exams.csv").read_text()
