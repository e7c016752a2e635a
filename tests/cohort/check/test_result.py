"""`check.json` and back."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bsgi.cohort.check.confounding import Confounder
from bsgi.cohort.check.duplicates import CopiedExam, CopiedView
from bsgi.cohort.check.parts import DividedPatient
from bsgi.cohort.check.permutation import PermutationCheck
from bsgi.cohort.check.result import (
    CHECK,
    CheckResult,
    check_folder,
    choose_folder,
    find_check,
    load_check,
    save_check,
)
from bsgi.cohort.check.wording import describe_tests, list_faults, list_hints
from bsgi.cohort.store import load_cohort
from bsgi.cohort.writer import CohortWriter
from bsgi.errors import CohortError, ConfigError, OutputError
from bsgi.evaluation.estimate import Estimate
from bsgi.provenance import hash_file
from tests.conftest import make_exam

SITE = Confounder(
    name="site", what="hospital", patients=60, malignant=20,
    test="Fisher's exact test", p=1e-9, p_adjusted=4e-9, measure="Cramer's V",
    strength=Estimate(0.8, 0.6, 0.95, "noncentral chi-square"),
    detail="A: 20 of 20 malignant; B: 0 of 40 malignant",
)  # fmt: skip
FULL = CheckResult(
    cohort_sha256="0" * 64, simulated=True, exams=60, patients=60, unlabelled=1,
    doubtful=2, views=238, blank=2, splits=5,
    copies=(
        CopiedExam("a-1", "b-1", "a", "b", (CopiedView("LCC", "RCC", 0.99, True),), 2),
        CopiedExam("c-1", "c-2", "c", "c", (CopiedView("LCC", "LCC", 1.0, False),)),
    ),
    shared_studies=("d-1",),
    divided=(DividedPatient("e", "repeat 0, fold 1", ("test: e-1", "train: e-2"), 3),),
    confounders=(SITE,), accepted=(),
    permutation=PermutationCheck(60, 20, 0.9, 200, 0.5, 0.35, 0.65, 0.005, True),
    alike=(("f-1", "g-1"),),
)  # fmt: skip


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    for result in (FULL, replace(FULL, permutation=None, confounders=())):
        save_check(tmp_path / CHECK, result)
        assert load_check(tmp_path / CHECK) == result


def test_a_check_of_before_one_field_was_there_is_read(tmp_path: Path) -> None:
    path = tmp_path / CHECK
    save_check(path, FULL)
    content = json.loads(path.read_text())
    del content["one_woman"]
    path.write_text(json.dumps(content))
    assert load_check(path) == FULL


@pytest.mark.parametrize("place", [".", "exams", "new/deep", ".."])
def test_nothing_is_written_in_or_over_a_cohort(tmp_path: Path, place: str) -> None:
    cohort = tmp_path / "c"
    (cohort / "exams").mkdir(parents=True)
    with pytest.raises(ConfigError, match=r"outside of .*c and not above it"):
        choose_folder(cohort, cohort / place)


def test_only_a_folder_of_an_earlier_check_is_written_again(tmp_path: Path) -> None:
    cohort, out = tmp_path / "c", tmp_path / "out"
    cohort.mkdir()
    assert choose_folder(cohort, None) == tmp_path.resolve() / "c.check"
    assert choose_folder(cohort, out) == out
    out.mkdir()
    (out / "contact-sheet-2.html").touch()  # of a check that was stopped
    assert choose_folder(cohort, out) == out
    (out / "a.dcm").touch()
    with pytest.raises(OutputError, match="new or of an earlier check"):
        choose_folder(cohort, out)
    with pytest.raises(OutputError, match="new or of an earlier check"):
        choose_folder(cohort, out / "a.dcm")
    save_check(out / CHECK, FULL)
    assert choose_folder(cohort, out) == out


def test_a_damaged_file_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / CHECK
    save_check(path, FULL)
    content = json.loads(path.read_text())
    content["copies"] = "none"
    path.write_text(json.dumps(content))
    with pytest.raises(CohortError, match="as bsgi check writes it, but copies"):
        load_check(path)
    with pytest.raises(CohortError, match="missing"):
        load_check(tmp_path / "other.json")


def test_the_check_of_a_cohort_lies_beside_it(tmp_path: Path) -> None:
    with CohortWriter(tmp_path / "c") as writer:
        writer.add(make_exam())
        cohort = writer.finish()
    assert find_check(cohort) is None
    path = check_folder(tmp_path / "c") / CHECK
    assert path == tmp_path.resolve() / "c.check" / CHECK
    own = hash_file(tmp_path / "c" / "exams.csv")
    save_check(path, replace(FULL, cohort_sha256=own))
    assert find_check(load_cohort(tmp_path / "c")) is not None
    save_check(path, FULL)  # of another table
    assert find_check(cohort) is None


def test_faults_and_hints_are_told_in_sentences() -> None:
    faults = list_faults(FULL)
    assert faults == (
        "a-1 and b-1 share an acquisition under two patient ids: LCC = mirrored RCC "
        "(r 0.99); 2 splits have them in different parts",
        "d-1: its study stood under two patient ids in the files",
        "patient e is in two parts (test: e-1; train: e-2) of repeat 0, fold 1, and 2 "
        "more",
        "site (hospital) predicts the label: Cramer's V 0.80 (0.60 to 0.95), Fisher's "
        "exact test, p 4e-09 after Holm, 60 patients; A: 20 of 20 malignant; B: 0 of "
        "40 malignant; --accept site if that is known and cannot be changed",
    )
    hints = " ".join(list_hints(FULL))
    for word in ("c-1 and c-2", "f-1, g-1", "2 views hold too little"):
        assert word in hints
    text = " ".join(describe_tests(FULL))
    assert text.startswith("Compared: 238 views with each other, 5 splits; ")
    assert "labels dealt anew 200 times" in text
    assert "no leak" not in text


def test_what_is_accepted_is_told_and_no_fault() -> None:
    accepted = replace(FULL, accepted=("site",))
    assert len(list_faults(accepted)) == 3
    assert list_hints(accepted)[0].startswith("accepted: site (hospital) predicts")


def test_permuted_labels_off_chance_are_a_fault() -> None:
    off = PermutationCheck(60, 20, 0.9, 200, 0.7, 0.55, 0.85, 0.1, False)
    assert "NOT at chance" in list_faults(replace(FULL, permutation=off))[-1]
