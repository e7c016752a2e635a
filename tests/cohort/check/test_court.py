"""Planted faults are all caught, and clean cohorts raise none."""

from dataclasses import replace
from pathlib import Path

import pytest

from bsgi.cohort.check.court import check_cohort
from bsgi.cohort.check.duplicates import ViewPrint, find_copies
from bsgi.cohort.check.fingerprint import take_fingerprint
from bsgi.cohort.check.result import CheckResult
from bsgi.cohort.check.wording import describe_tests, list_faults, list_hints
from bsgi.cohort.store import Cohort
from bsgi.cohort.writer import CohortWriter
from bsgi.errors import ConfigError
from bsgi.exam.record import Exam, Label
from bsgi.files import save_csv
from tests.cohort.check.conftest import Write
from tests.cohort.check.faults import CONFOUNDED, COPIES, copy_exam, is_malignant


def look(cohort: Cohort, *splits: Path, accept: tuple[str, ...] = ()) -> CheckResult:
    return check_cohort(cohort, splits=splits, accept=accept, permutations=5)


def test_a_clean_cohort_has_no_fault(write: Write, exams: list[Exam]) -> None:
    result = look(write(exams))
    assert list_faults(result) == ()
    assert (result.exams, result.patients, result.views) == (8, 8, 32)
    assert "no leak and no confounder was found" in describe_tests(result)


@pytest.mark.parametrize("kind", COPIES)
def test_a_copy_under_another_id_is_found(
    write: Write, exams: list[Exam], kind: str
) -> None:
    copy = copy_exam(exams[3], *COPIES[kind])
    result = look(write([*exams, copy]))
    (found,) = result.copied
    assert {found.first, found.second} == {exams[3].exam_id, "other-1"}
    assert len(found.views) >= (1 if COPIES[kind][1] else 2)
    assert any("under two patient ids" in fault for fault in list_faults(result))


def test_a_copy_in_another_part_says_so(write: Write, exams: list[Exam]) -> None:
    copy = copy_exam(exams[3], *COPIES["the same files"])
    split = {exam.exam_id: "train" for exam in exams} | {"other-1": "test"}
    (found,) = look(write([*exams, copy], split=split)).copied
    assert found.parted == 1


def test_one_patients_second_exam_of_the_same_views_is_a_hint(
    write: Write, exams: list[Exam]
) -> None:
    copy = replace(exams[3], exam_id=f"{exams[3].patient_id}-2")
    result = look(write([*exams, copy]))
    assert list_faults(result) == ()
    assert any("share an acquisition" in hint for hint in list_hints(result))


def test_a_study_under_two_ids_is_found(write: Write, exams: list[Exam]) -> None:
    name = exams[0].exam_id
    note = "its Study Instance UID stands under two patient ids"
    result = look(write(exams, notes={name: note}))
    assert result.shared_studies == (name,)
    assert len(list_faults(result)) == 1


def test_equal_age_date_and_site_are_only_a_hint(
    write: Write, exams: list[Exam]
) -> None:
    twin = replace(exams[0], age_years=50.0), replace(exams[1], age_years=50.0)
    result = look(write([*twin, *exams[2:]]))
    assert result.alike == (tuple(sorted(each.exam_id for each in twin)),)
    assert list_faults(result) == ()


@pytest.mark.parametrize("table", ["split.csv", "splits.csv"])
def test_a_patient_in_two_parts_is_found(
    write: Write, exams: list[Exam], tmp_path: Path, table: str
) -> None:
    second = replace(exams[1], exam_id=f"{exams[0].patient_id}-2")
    second = replace(second, patient_id=exams[0].patient_id)
    cohort = write([exams[0], second, *exams[2:]])
    rows = [
        (row.exam_id, row.patient_id, "train" if number else "test")
        for number, row in enumerate(cohort.rows)
    ]
    if table == "split.csv":
        save_csv(tmp_path / table, ("exam_id", "patient_id", "part"), rows)
    else:
        columns = ("repeat", "fold", "title", "exam_id", "patient_id", "part")
        save_csv(tmp_path / table, columns, [(0, 1, "fold 2", *row) for row in rows])
    where = tmp_path / table if table == "split.csv" else tmp_path
    result = look(cohort, where)
    (found,) = result.divided
    assert found.patient_id == exams[0].patient_id
    assert found.split == ("split.csv" if table == "split.csv" else "repeat 0, fold 1")
    assert "is in two parts (test: " in list_faults(result)[0]


@pytest.fixture(scope="session")
def many(women: list[list[Exam]]) -> list[Exam]:
    """Twenty women with two views each, every second of them malignant."""
    exams = [exam for own in women[:5] for exam in own]
    return [
        replace(
            exam,
            site="A",
            label=Label.MALIGNANT if number % 2 else Label.BENIGN,
            label_left=Label.UNKNOWN,
            label_right=Label.UNKNOWN,
            views={name: exam.views[name] for name in exam.present()[:2]},
        )
        for number, exam in enumerate(exams)
    ]


@pytest.mark.parametrize("name", CONFOUNDED)
def test_a_confounded_label_is_found(write: Write, many: list[Exam], name: str) -> None:
    result = look(write([CONFOUNDED[name](exam) for exam in many]))
    assert [each.name for each in result.unaccepted] == [name]
    (fault,) = list_faults(result)
    assert f"--accept {name}" in fault


def test_a_confounder_can_be_accepted_by_name(write: Write, many: list[Exam]) -> None:
    cohort = write([CONFOUNDED["site"](exam) for exam in many])
    result = look(cohort, accept=("site",))
    assert list_faults(result) == ()
    assert result.accepted == ("site",)
    assert any(hint.startswith("accepted: site") for hint in list_hints(result))


def test_dates_that_give_the_label_are_found(write: Write, many: list[Exam]) -> None:
    order = {
        exam.exam_id: number + 100 * is_malignant(exam) + 1
        for number, exam in enumerate(many)
    }
    result = look(write(many, order=order))
    assert {each.name for each in result.unaccepted} == {"date"}


def test_a_name_that_cannot_be_accepted_is_refused(
    write: Write, exams: list[Exam]
) -> None:
    with pytest.raises(ConfigError, match="one of site, camera, date"):
        look(write(exams), accept=("hospital",))


def test_twenty_clean_cohorts_raise_none(
    tmp_path_factory: pytest.TempPathFactory, women: list[list[Exam]]
) -> None:
    """Twenty women each with two views: five sets of four, no two cohorts the same.

    At real size, twenty cohorts of 60 exams and twelve of 231, none was raised either:
    `runs/leak_court.py`, in docs/how-to/check.md.
    """
    for number in range(len(women)):
        own = [
            replace(
                exam,
                exam_id=f"{part}-{exam.exam_id}",
                patient_id=f"{part}-{exam.patient_id}",
                views={name: exam.views[name] for name in exam.present()[:2]},
            )
            for part in range(5)
            for exam in women[(number + part * part) % len(women)]
        ]
        folder = tmp_path_factory.mktemp("clean") / "cohort"
        with CohortWriter(folder) as writer:
            for rank, exam in enumerate(own):
                writer.add(exam, time_order=1 + rank * 7 % len(own))
            cohort = writer.finish()
        assert list_faults(look(cohort)) == (), number


def test_no_two_of_eighty_women_are_taken_for_one(
    women: list[list[Exam]],
) -> None:
    prints = [
        ViewPrint(f"{number}-{exam.exam_id}", f"{number}-{exam.patient_id}", name, made)
        for number, own in enumerate(women)
        for exam in own
        for name, view in exam.views.items()
        if (made := take_fingerprint(view)) is not None
    ]
    assert len(prints) > 300
    assert find_copies(prints) == ()
