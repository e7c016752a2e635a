"""Stress tests in the report of a STUDY or RUN, and as a page of their own."""

import shutil
from pathlib import Path

import pytest

from bsgi.errors import RunError
from bsgi.evaluation.stress.rows import NO_STRESS
from bsgi.evaluation.stress.stored import save_stress
from bsgi.evaluation.stress.summary import StressMetrics
from bsgi.files import save_json
from bsgi.provenance import describe, hash_file, save_provenance
from bsgi.reports.stress_page import find_stress, list_stress, write_stress_report
from tests.evaluation.rows import study_rows
from tests.evaluation.stress.test_summary import summarize
from tests.reports.page_reader import read


def put_under_stress(folder: Path, place: Path) -> StressMetrics:
    """A stress test as `bsgi stress` leaves it, with the scores of another study."""
    metrics = summarize(study_rows())
    save_stress(place / "stress.json", metrics)
    sha256 = hash_file(folder / "predictions.csv")
    save_json(place / "plan.json", {"predictions_sha256": sha256})
    save_provenance(place, describe("bsgi stress", seed=1))
    return metrics


def test_only_a_finished_stress_test_is_found(tmp_path: Path) -> None:
    assert find_stress(tmp_path) is None
    metrics = summarize(study_rows())
    save_stress(tmp_path / "stress" / "stress.json", metrics)
    assert find_stress(tmp_path) is None
    assert list_stress(tmp_path, {}) == ()
    save_json(tmp_path / "stress" / "provenance.json", {})
    assert find_stress(tmp_path) == metrics
    (tmp_path / "stress" / "stress.json").write_text("{")
    with pytest.raises(RunError, match="cannot be read as JSON"):
        find_stress(tmp_path)


def test_one_of_other_scores_is_not_shown_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "predictions.csv").write_text("a")
    put_under_stress(tmp_path, tmp_path / "stress")
    (section,) = list_stress(tmp_path, {"paper": "The network"})
    assert section.parts[1].title == "The network"
    (tmp_path / "predictions.csv").write_text("b")
    (section,) = list_stress(tmp_path, {})
    (part,) = section.parts
    assert "it is of other scores than predictions.csv has now" in part.sentences[0]
    assert part.pictures == ()


@pytest.mark.parametrize("kind", ["run", "study"])
def test_it_has_a_page_of_its_own(
    trained: tuple[Path, Path],
    finished_study: tuple[Path, Path],
    tmp_path: Path,
    kind: str,
) -> None:
    folder = trained[0] if kind == "run" else finished_study[0]
    metrics = put_under_stress(folder, tmp_path / "elsewhere")
    assert metrics.methods[0].results[0].stress == NO_STRESS
    path = write_stress_report(tmp_path / "elsewhere", folder)
    assert path == tmp_path / "elsewhere" / "report.html"
    text, page = read(path)
    assert page.sections == ["stress", "provenance"]
    assert all(address.startswith("data:image/svg+xml") for address in page.addresses)
    assert len(page.addresses) == 1
    assert ("the study" in text) == (kind == "study")
    assert text.count("Research use only, not a medical device.") == 2
    assert sorted(found.name for found in path.parent.glob("figures/*")) == [
        "stress-paper.csv", "stress-paper.svg",
    ]  # fmt: skip
    shutil.rmtree(path.parent)
    with pytest.raises(RunError, match="is missing"):
        write_stress_report(path.parent, folder)
