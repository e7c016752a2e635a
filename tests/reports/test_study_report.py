import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bsgi.cli.app import app
from bsgi.errors import CohortError, RunError
from bsgi.evaluation.design import Design
from bsgi.reports.study_report import write_study_report
from tests.reports.make_study import (
    PAPERS,
    Method,
    write_studied_cohort,
    write_study,
)
from tests.reports.page_reader import PageReader, count_printed_pages, read

PLAIN = tuple(replace(method, maps=False) for method in PAPERS[1:])
"""Two of the paper's methods without heat maps, which take the longest to draw."""
MINE = (Method("mine", "My method", 2.0), Method("yours", "", 1.0))
"""Methods that the paper does not have."""


@pytest.fixture(scope="module")
def written(finished_study: tuple[Path, Path]) -> Path:
    """The report of a study in the paper's mode, for tests that only read it."""
    return write_study_report(*finished_study)


def write_design(folder: Path, design: Design, **changes: Any) -> Path:
    """The report of a study of another design."""
    exams = 120 if design is Design.SIZES else 60
    write_studied_cohort(
        folder / "cohort", exams=exams, simulated=changes.get("simulated", True)
    )
    options = {"design": design, "repeats": 2, "methods": PLAIN, **changes}
    write_study(folder / "study", folder / "cohort", **options)
    return write_study_report(folder / "study", folder / "cohort")


def cells(text: str) -> list[str]:
    """All cells of the tables of a page."""
    found = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", text)
    return [unescape(re.sub(r"<[^>]*>", "", cell)) for cell in found]


def test_the_page_tells_everything_in_order(written: Path) -> None:
    assert written.name == "report.html"
    text, page = read(written)
    assert page.sections == [
        "summary", "table-1", "rates", "roc", "tests", "maps", "map-mass",
        "localisation", "training", "reconstruction", "runs", "cohort", "confounding",
        "splits", "flow", "card", "checklists", "provenance",
    ]  # fmt: skip
    plain = unescape(text)
    assert text.count("Research use only, not a medical device.") == 2 + 1  # model card
    head, _ = text.split('<section id="card">')
    claims = head.count("Simulated exams: no claim about patients.")
    # page, bars and curves, lesions found, training, flow
    assert claims == 1 + 2 + 1 + (2 + 3 + 2) + 1
    for part in (
        "60 simulated exams of 60 patients: 37 benign and 23 malignant",
        "The paper's mode, one split: each method was trained twice on the same",
        "test patients cannot tell 99",
        "which breast, the evidence came from",
        "Uncalibrated.",
        "The paper's figures are of patients, ours of simulated exams.",
        "neither supports nor refutes the other",
        "The unit is the patient: each method calls her once, by the mean of her "
        "scores over the 2 repeats, with a score of 0.5 or more called malignant.",
        'design = "single"',
        "Site North & South",
    ):
        assert part in plain


def test_the_papers_figures_stand_under_their_right_names(written: Path) -> None:
    text, _ = read(written)
    found = cells(text)
    for name, right, counts, printed in (
        ("Sensitivity", "98.8", "84 of 85", "0.993"),
        ("Specificity", "99.3", "139 of 140", "0.988"),
        ("Sensitivity", "85.9", "73 of 85", "0.907"),
        ("Specificity", "90.7", "127 of 140", "0.859"),
        ("Sensitivity", "74.7", "none", "0.836"),
    ):
        places = [n for n, cell in enumerate(found) if cell == printed]
        rows = [found[place - 7 : place + 1] for place in places]
        assert any(
            row[0] == name and row[4].startswith(right) and row[6] == counts
            for row in rows
        ), (name, rows)
    assert "recall of the benign class" in text


def test_numbers_are_those_of_the_metrics(
    written: Path, finished_study: tuple[Path, Path]
) -> None:
    content = json.loads((finished_study[0] / "metrics.json").read_text())
    text, _ = read(written)
    found = cells(text)
    for method in content["methods"].values():
        average = method["average"]
        summed = average["confusion"]
        counted = ", ".join(f"{key.upper()} {summed[key]}" for key in summed)
        assert f"{counted} over 2 repeats" in unescape(text)
        for name in ("accuracy", "sensitivity", "specificity"):
            value, low, high = (average[name][k] for k in ("value", "lower", "upper"))
            rows = [n for n, cell in enumerate(found) if cell == name.capitalize()]
            assert any(
                found[row + 1] == f"{100 * value:.1f}\N{NO-BREAK SPACE}%"
                and found[row + 2].startswith(f"{100 * low:.1f} to {100 * high:.1f}")
                for row in rows
            )
        assert f"{average['auc']['value']:.3f}" in found
        for one in method["repeats"]:
            counts = [str(one[key]) for key in ("tp", "fp", "tn", "fn")]
            assert any(
                found[n + 1 : n + 5] == counts
                for n, cell in enumerate(found)
                if cell == f"repeat {one['repeat'] + 1}"
            )
    for test in content["comparisons"]:
        numbers = [str(test[key]) for key in ("number", "only_first", "only_second")]
        assert any(
            found[n + 1 : n + 4] == numbers
            for n, cell in enumerate(found)
            if cell == test["quantity"].capitalize()
        )
    for method in content["methods"].values():
        averaged = method["average"]["averaged_confusion"]
        counts = [str(averaged[key]) for key in ("tp", "fp", "tn", "fn")]
        assert any(found[n : n + 4] == counts for n in range(len(found)))
        auc = method["average"]["averaged_auc"]
        shown = f"{auc['value']:.3f} ({auc['lower']:.3f} to {auc['upper']:.3f})"
        assert shown in found
    mass = content["map_mass"][0]["groups"][2]["regions"][2]
    assert f"{100 * mass['mean_mass']:.1f}" in text


def test_lesions_found_are_those_of_the_metrics(
    written: Path, finished_study: tuple[Path, Path]
) -> None:
    content = json.loads((finished_study[0] / "metrics.json").read_text())
    own = content["localisation"]["paper"]
    text, _ = read(written)
    found = cells(text)
    area = own["lroc"]
    shown = f"{area['value']:.3f} ({area['lower']:.3f} to {area['upper']:.3f})"
    assert found[found.index("Area below LROC") + 1] == shown
    assert own["repeats"] == 2
    assert "means over 2 repeats" in text
    assert (finished_study[0] / "figures" / "localisation.csv").is_file()


def test_lesions_found_must_follow_from_the_searches(
    studied: tuple[Path, Path],
) -> None:
    path = studied[0] / "searches.csv"
    text = path.read_text()
    path.write_text(text.replace(",target,0.", ",target,1."))
    with pytest.raises(RunError, match=r"searches\.csv, but has other lesions found"):
        write_study_report(*studied)
    path.unlink()
    with pytest.raises(RunError, match=r"searches\.csv"):
        write_study_report(*studied)


def test_the_page_stands_alone(written: Path) -> None:
    text, page = read(written)
    assert page.addresses
    assert all(address.startswith("data:image/svg+xml") for address in page.addresses)
    assert not re.search(r"url\(|@import|<script|<link", text)
    assert written.stat().st_size < 8_000_000


def test_every_picture_is_told_in_words(written: Path) -> None:
    _, page = read(written)
    assert len(page.pictures) == 2 + 6 * 3 + (2 + 3 + 2) + 1 + 1 + 1
    alts = [picture["alt"] for picture in page.pictures]
    assert all(len(alt) > 20 for alt in alts)
    assert len(list((written.parent / "figures").glob("*.svg"))) == len(page.pictures)


def test_written_twice_it_is_the_same(
    written: Path, finished_study: tuple[Path, Path]
) -> None:
    files = [written, *sorted((written.parent / "figures").glob("*.svg"))]
    first = [path.read_bytes() for path in files]
    write_study_report(*finished_study)
    assert [path.read_bytes() for path in files] == first


def list_sections(text: str, page: PageReader) -> list[str]:
    """The sections of results, and that no part is empty."""
    assert not re.search(r"\bNone\b(?! of)", re.sub(r"<pre>.*?</pre>", "", text))
    assert "{{" not in text
    assert "<tbody>\n</tbody>" not in text
    return [name for name in page.sections if name not in ("cohort", "provenance")]


@pytest.mark.parametrize("threshold", [0.4, "youden"])
def test_folds_are_told_as_cross_validation(
    tmp_path: Path, threshold: float | str
) -> None:
    text, page = read(write_design(tmp_path, Design.FOLDS, threshold=threshold))
    sections = list_sections(text, page)
    assert sections[1:5] == ["table-1", "rates", "roc", "tests"]
    plain = unescape(text)
    assert "Cross-validation by patient: patients were dealt into 5 folds" in plain
    assert "all this twice, each time with new folds" in plain
    assert "Folds of the first repeat" in plain
    if threshold == "youden":
        assert "chosen by Youden" in plain
    else:
        assert "a score of 0.4 or more called malignant" in plain
    assert "One split is one draw" not in plain
    assert plain.count("Curves and areas pool the scores of networks") == 2
    assert ("is not fully nested" in plain) == (threshold == "youden")


@pytest.mark.parametrize(
    ("design", "word", "title", "told"),
    [
        (Design.SITES, "hospital", "site North & South", "Each of 2 hospitals was"),
        (Design.PERIODS, "period", "period 2 of 4", "cut into 4 periods"),
    ],
)
def test_hospitals_and_periods_have_results_of_their_own(
    tmp_path: Path, design: Design, word: str, title: str, told: str
) -> None:
    text, page = read(write_design(tmp_path, design))
    assert "folds" in list_sections(text, page)
    plain = unescape(text)
    assert told in plain
    assert f"Results by {word}" in plain
    content = json.loads((tmp_path / "study" / "metrics.json").read_text())
    found = cells(text)
    for method in content["methods"].values():
        assert len(method["by_fold"]) > 1
        for one in method["by_fold"]:
            average = one["average"]
            summed = [str(average["confusion"][k]) for k in ("tp", "fp", "tn", "fn")]
            sizes = [str(average["malignant"]), str(average["benign"])]
            assert any(
                found[n + 1 : n + 3] == sizes and found[n + 6 : n + 10] == summed
                for n, cell in enumerate(found)
                if cell == one["title"]
            )
    assert title in found


def test_what_folds_tell_beyond_rates_has_its_sections(tmp_path: Path) -> None:
    text, page = read(write_design(tmp_path, Design.FOLDS, repeats=1, details=True))
    sections = list_sections(text, page)
    start = sections.index("tests")
    assert sections[start + 1 : start + 5] == [
        "areas", "operating-points", "abstention", "power",
    ]  # fmt: skip
    plain = unescape(text)
    assert plain.count("What is sure, for any networks") == 1  # not once per method
    assert "scores of the other folds" in cells(text)
    assert (tmp_path / "study" / "checklists" / "claim-2024.csv").is_file()
    assert (tmp_path / "study" / "card.md").is_file()


def test_labels_that_a_hospital_gives_away_are_told_on_top(tmp_path: Path) -> None:
    cohort = tmp_path / "cohort"
    write_studied_cohort(cohort, exams=60, site_by_label=True)
    write_study(tmp_path / "study", cohort, design=Design.SINGLE)
    text, _ = read(write_study_report(tmp_path / "study", cohort))
    assert "Labels can be predicted from site alone" in text
    assert text.index("Labels can be predicted from site") < text.index("table-1")


def test_sizes_make_a_learning_curve(tmp_path: Path) -> None:
    text, page = read(write_design(tmp_path, Design.SIZES))
    sections = list_sections(text, page)
    assert sections[:2] == ["summary", "learning-curve"]
    for absent in ("table-1", "rates", "roc", "tests", "folds", "map-mass"):
        assert absent not in sections
    plain = unescape(text)
    assert "each method learned from 16, 32 and 64 patients, twice" in plain
    content = json.loads((tmp_path / "study" / "metrics.json").read_text())
    for method in content["methods"].values():
        for one in method["by_fold"]:
            auc = one["average"]["auc"]
            shown = f"{auc['value']:.3f} ({auc['lower']:.3f} to {auc['upper']:.3f})"
            assert shown in cells(text)
            assert auc["method"] == "obuchowski-rockette"
    assert "that of the AUC for other training and test patients" in plain
    assert (tmp_path / "study" / "figures" / "learning-curve.svg").is_file()


def test_a_learning_curve_drawn_once_is_said_to_be(tmp_path: Path) -> None:
    path = write_design(tmp_path, Design.SIZES, repeats=1, methods=MINE[:1])
    plain = unescape(read(path)[0])
    assert plain.count("(for these trainings, other test patients)") >= 2
    assert "Each size was learned once" in plain


def test_methods_that_the_paper_lacks_stand_alone(tmp_path: Path) -> None:
    text, page = read(write_design(tmp_path, Design.SINGLE, methods=MINE, repeats=1))
    sections = list_sections(text, page)
    for absent in ("maps", "map-mass", "reconstruction"):
        assert absent not in sections
    plain = unescape(text)
    for absent in (
        "printed",
        "Fig.",
        "swap",
        "labels put right",
        "The paper's figures",
    ):
        assert absent not in plain
    assert "My method" in plain
    assert "each method was trained once on the same" in plain
    assert "repeats test the same patients" not in plain


def test_one_method_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    text, page = read(write_design(tmp_path, Design.SINGLE, methods=PLAIN[1:]))
    assert "tests" not in list_sections(text, page)
    assert "One method was trained to tell benign from malignant" in text
    assert "All methods share" not in text


def test_a_hospitals_exams_are_not_called_simulated(tmp_path: Path) -> None:
    text, _ = read(write_design(tmp_path, Design.SINGLE, simulated=False))
    assert "imulated" not in text
    assert "60 exams of 60 patients" in text
    assert "of other patients, cameras and hospitals than ours" in text


def test_another_cohort_is_refused(studied: tuple[Path, Path], tmp_path: Path) -> None:
    write_studied_cohort(tmp_path / "other", exams=10)
    with pytest.raises(CohortError, match=r"must be the cohort of .*, but exam SIM0"):
        write_study_report(studied[0], tmp_path / "other")
    swapped = tmp_path / "swapped"
    shutil.copytree(studied[1], swapped)
    first, second = sorted((swapped / "exams").glob("*.npz"))[:2]
    shutil.copy(first, second)
    with pytest.raises(CohortError, match="its images are not those"):
        write_study_report(studied[0], swapped)


@pytest.mark.parametrize(
    ("name", "writer"),
    [
        ("study.toml", "bsgi.reports.study_report.write_study_report"),
        ("recipe.toml", "bsgi.reports.run_report.write_report"),
    ],
)
def test_one_command_writes_both_kinds_of_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, writer: str
) -> None:
    (tmp_path / name).touch()
    asked: list[tuple[Path, ...]] = []

    def write(*folders: Path) -> Path:
        asked.append(folders)
        return folders[0] / "report.html"

    monkeypatch.setattr(writer, write)
    done = CliRunner().invoke(app, ["report", str(tmp_path), "cohort"])
    assert done.exit_code == 0, done.output
    assert asked == [(tmp_path, Path("cohort"))]


def test_a_browser_opens_and_prints_it(
    written: Path, require_program: Callable[[str], str], tmp_path: Path
) -> None:
    pages = count_printed_pages(written, require_program("chromium"), tmp_path)
    assert 8 <= pages <= 16
