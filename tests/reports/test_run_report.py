import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bsgi.errors import CohortError, RunError
from bsgi.provenance import describe, save_provenance
from bsgi.reports.run_report import write_report
from tests.reports.make_run import (
    save_epochs,
    save_reconstruction,
    write_cohort,
    write_run,
)
from tests.reports.page_reader import count_printed_pages, read


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of simulated exams, written once for the tests that only read it."""
    folder = tmp_path_factory.mktemp("run")
    write_cohort(folder / "cohort")
    write_run(folder / "run", folder / "cohort")
    return write_report(folder / "run", folder / "cohort")


def test_the_page_tells_everything_in_order(written: Path) -> None:
    assert written.name == "report.html"
    text, page = read(written)
    assert page.sections == [
        "studied", "cohort", "confounding", "examples", "training", "results", "maps",
        "flow", "card", "checklists", "provenance",
    ]  # fmt: skip
    assert text.count("Research use only, not a medical device.") == 2 + 1  # the card
    simulated = "Simulated exams: no claim about patients."
    told = [simulated in picture["alt"] for picture in page.pictures]
    assert sum(told) == 1 + 2 + 1  # ROC curve, training, flow of exams
    assert text.count(simulated) > 2 + sum(told)  # page, card and checklists
    assert "TO BE WRITTEN" in text
    assert (written.parent / "card.md").read_text().startswith("# Model card: ")
    assert len(list((written.parent / "checklists").glob("*.csv"))) == 3
    assert "positive: malignant" in text
    assert "Uncalibrated." in text
    for name in ("TP, true positive", "FP, false positive", "TN, true", "FN, false"):
        assert name in text
    assert "which breast, the evidence came from" in text
    assert "24 simulated exams of 24 patients: 15 benign and 8 malignant" in text
    assert "drawn per class with seed 5" in text
    assert "Files that gave no view: 1." in text
    assert "precision = &#34;float32&#34;" in text
    assert "North &amp; South" in text


def test_the_page_stands_alone(written: Path) -> None:
    text, page = read(written)
    assert page.addresses
    assert all(address.startswith("data:image/svg+xml") for address in page.addresses)
    assert not re.search(r"url\(|@import|<script|<link", text)
    assert written.stat().st_size < 5_000_000


def test_every_picture_is_told_in_words(written: Path) -> None:
    _, page = read(written)
    assert len(page.pictures) == 4 + 2 + 1 + 6 * 3 + 1
    alts = [picture["alt"] for picture in page.pictures]
    assert all(len(alt) > 20 for alt in alts)
    assert "malignant, in reversed grey, the true lesion outlined." in " ".join(alts)
    assert len(list((written.parent / "figures").glob("*.svg"))) == len(page.pictures)


def test_written_twice_it_is_the_same(written: Path) -> None:
    first = written.read_bytes()
    run = written.parent
    assert write_report(run, run.parent / "cohort").read_bytes() == first


def test_a_hospitals_exams_are_not_called_simulated(tmp_path: Path) -> None:
    write_cohort(tmp_path / "cohort", simulated=False)
    write_run(tmp_path / "run", tmp_path / "cohort", simulated=False)
    text, _ = read(write_report(tmp_path / "run", tmp_path / "cohort"))
    assert "imulated" not in text
    assert text.count("Research use only, not a medical device.") == 2 + 1
    assert "24 exams of 24 patients" in text


def test_a_run_without_maps_says_so(trained: tuple[Path, Path]) -> None:
    shutil.rmtree(trained[0] / "maps")
    text, page = read(write_report(*trained))
    assert "No heat maps were made for this run." in text
    assert len(page.pictures) == 7 + 1


def test_a_run_of_an_autoencoder_shows_its_phases_and_what_it_keeps(
    trained: tuple[Path, Path],
) -> None:
    run = trained[0]
    shutil.rmtree(run / "maps")
    save_epochs(run / "history.csv", pretrained=4)
    save_reconstruction(run, ["SIM00000-1", "SIM00001-1"])
    text, page = read(write_report(*trained))
    assert "Pre-training 1: mean squared error on the training exams" in text
    assert "reconstruction" in page.sections
    assert "0.0123 for the autoencoder, 1.11 times that" in text
    assert len(page.pictures) == 4 + 3 + 1 + 1 + 1


def test_a_method_is_called_by_its_title(trained: tuple[Path, Path]) -> None:
    recipe = trained[0] / "recipe.toml"
    recipe.write_text('title = "ResNet & more"\n' + recipe.read_text())
    text, _ = read(write_report(*trained))
    assert "<h1>Training report: ResNet &amp; more</h1>" in text


def test_another_cohort_is_refused(trained: tuple[Path, Path], tmp_path: Path) -> None:
    write_cohort(tmp_path / "other", exams=6)
    with pytest.raises(CohortError, match=r"must be the cohort of .*, but exam SIM0"):
        write_report(trained[0], tmp_path / "other")
    assert not (trained[0] / "report.html").exists()


def test_other_images_under_the_same_table_are_refused(
    trained: tuple[Path, Path], tmp_path: Path
) -> None:
    run, cohort = trained
    write_report(run, cohort)
    swapped = tmp_path / "swapped"
    shutil.copytree(cohort, swapped)
    first, second = sorted((swapped / "exams").glob("*.npz"))[:2]
    shutil.copy(first, second)
    with pytest.raises(CohortError, match="its images are not those"):
        write_report(run, swapped)


def test_other_women_of_the_same_names_and_labels_are_refused(
    trained: tuple[Path, Path], tmp_path: Path
) -> None:
    write_cohort(tmp_path / "other", youngest=31.0)
    with pytest.raises(CohortError, match=r"but its exams\.csv is another table than"):
        write_report(trained[0], tmp_path / "other")
    assert not (trained[0] / "report.html").exists()


def test_a_run_that_does_not_know_its_cohort_is_refused(
    trained: tuple[Path, Path],
) -> None:
    save_provenance(trained[0], describe("bsgi train", seed=5))
    with pytest.raises(RunError, match=r"must name exams\.csv among its inputs"):
        write_report(*trained)


def test_a_browser_opens_and_prints_it(
    written: Path, require_program: Callable[[str], str], tmp_path: Path
) -> None:
    pages = count_printed_pages(written, require_program("chromium"), tmp_path)
    assert 5 <= pages <= 12
