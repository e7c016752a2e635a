"""The law finds each way in which a cohort can betray its archive."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.archive.draft import Ids
from tests.archive.faults import FAULTS
from tests.archive.law import judge, tabulate
from tests.archive.studies import Maker, Study


@pytest.fixture
def studies() -> list[Study]:
    maker = Maker(4)
    return [maker.make_fault("derived"), maker.make_fault("second acquisition")]


@pytest.fixture
def cohort(tmp_path: Path, studies: list[Study]) -> Path:
    """What an importer without a fault makes of them, written by hand."""
    folder = tmp_path / "cohort"
    (folder / "exams").mkdir(parents=True)
    exams, rejected, notes = [], [], []
    for study in studies:
        arrays, views = {}, {}
        exam_id = f"{study.patient_id}-1"
        exams.append({"exam_id": exam_id, "patient_id": study.patient_id})
        for file in study.files:
            if file.verdict == "refused":
                reason = "must be an original primary image, got 'DERIVED'."
                rejected.append({"file": file.path, "reason": reason})
            elif file.verdict == "left out":
                note = "later acquisition of LCC than another file, left out"
                notes.append({"exam_id": exam_id, "file": file.path, "note": note})
            else:
                (view,) = file.views
                arrays[view.name] = view.counts
                views[view.name] = {
                    "source_uid": file.uid,
                    "heads_mirrored": view.mirrored,
                    "duration_s": view.duration_s,
                    "energy_window_kev": view.window_kev,
                }
        meta = np.array(json.dumps({"views": views}))
        save_arrays(folder / "exams" / f"{exam_id}.npz", meta=meta, **arrays)
    save(folder / "exams.csv", ["exam_id", "patient_id"], exams)
    save(folder / "rejected.csv", ["file", "reason"], rejected)
    save(folder / "notes.csv", ["exam_id", "file", "note"], notes)
    return folder


def save_arrays(path: Path, **arrays: np.ndarray) -> None:
    np.savez(path, allow_pickle=False, **arrays)


def save(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def rewrite(cohort: Path, change: Callable[[dict[str, np.ndarray]], None]) -> None:
    path = sorted((cohort / "exams").glob("*.npz"))[0]
    with np.load(path) as arrays:
        content = dict(arrays)
    change(content)
    save_arrays(path, **content)


def kinds(cohort: Path, studies: list[Study]) -> set[str]:
    failures = judge(cohort, studies)
    assert tabulate(failures).count("\n") < 40
    return {failure.kind for failure in failures}


def test_a_right_cohort_is_right(cohort: Path, studies: list[Study]) -> None:
    assert judge(cohort, studies) == []


def test_a_view_under_another_name(cohort: Path, studies: list[Study]) -> None:
    def swap(arrays: dict[str, np.ndarray]) -> None:
        arrays["RCC"], arrays["LMLO"] = arrays["LMLO"], arrays["RCC"]
        meta = json.loads(str(arrays["meta"]))
        views = meta["views"]
        views["RCC"], views["LMLO"] = views["LMLO"], views["RCC"]
        arrays["meta"] = np.array(json.dumps(meta))

    rewrite(cohort, swap)
    assert kinds(cohort, studies) == {"wrong view"}


def test_counts_that_are_not_those_of_the_file(
    cohort: Path, studies: list[Study]
) -> None:
    def brighten(arrays: dict[str, np.ndarray]) -> None:
        arrays["RCC"] = arrays["RCC"] + np.uint16(1)

    rewrite(cohort, brighten)
    assert kinds(cohort, studies) == {"wrong counts"}


def test_a_file_that_is_gone(cohort: Path, studies: list[Study]) -> None:
    save(cohort / "rejected.csv", ["file", "reason"], [])
    assert kinds(cohort, studies) == {"silent loss"}


def test_a_refusal_for_the_wrong_reason(cohort: Path, studies: list[Study]) -> None:
    path = studies[0].files[0].path
    row = {"file": path, "reason": "must show the breast, got body part 'HAND'."}
    save(cohort / "rejected.csv", ["file", "reason"], [row])
    assert kinds(cohort, studies) == {"reason is not of derived"}


def test_a_view_that_is_refused_too(cohort: Path, studies: list[Study]) -> None:
    rows = [
        {"file": studies[0].files[number].path, "reason": "is DERIVED."}
        for number in (0, 1)
    ]
    save(cohort / "rejected.csv", ["file", "reason"], rows)
    assert kinds(cohort, studies) == {"in two places", "wrong refusal"}


def test_a_copy_that_was_taken(cohort: Path, studies: list[Study]) -> None:
    def take(arrays: dict[str, np.ndarray]) -> None:
        arrays["LCC"] = arrays["RCC"]
        meta = json.loads(str(arrays["meta"]))
        derived = {"source_uid": studies[0].files[0].uid}
        meta["views"]["LCC"] = meta["views"]["RCC"] | derived
        arrays["meta"] = np.array(json.dumps(meta))

    rewrite(cohort, take)
    assert "wrong acceptance (derived)" in kinds(cohort, studies)


def test_an_exam_torn_in_two(cohort: Path, studies: list[Study]) -> None:
    patient = studies[0].patient_id
    whole = cohort / "exams" / f"{patient}-1.npz"
    shutil.copy(whole, whole.with_name(f"{patient}-2.npz"))
    ids = [(f"{study.patient_id}-1", study.patient_id) for study in studies]
    rows = [
        {"exam_id": e, "patient_id": p} for e, p in [*ids, (f"{patient}-2", patient)]
    ]
    save(cohort / "exams.csv", ["exam_id", "patient_id"], rows)
    assert "torn exam" in kinds(cohort, studies)


def test_faults_leave_the_other_views_alone() -> None:
    maker = Maker(6)
    for name in FAULTS:
        verdicts = [file.verdict for file in maker.make_fault(name).files]
        assert verdicts.count("view") >= 2, name


def test_ids_of_a_study_are_all_different() -> None:
    ids = Ids("P", 3)
    assert len({ids.next_uid() for _ in range(5)} | {ids.study_uid}) == 6
