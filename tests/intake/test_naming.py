"""Names of exams must not depend on how files lie in a folder."""

import shutil
from collections.abc import Callable
from pathlib import Path

from bsgi.cohort.store import load_cohort
from bsgi.intake.folder import import_folder
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
