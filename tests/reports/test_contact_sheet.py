"""The contact sheet shows every view, the worst exam first, and no label."""

import base64
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bsgi.cohort.store import Cohort
from bsgi.cohort.writer import CohortWriter
from bsgi.exam.orientation import view_image
from bsgi.exam.quality.catalogue import read_findings
from bsgi.exam.record import Label, ViewName
from bsgi.intake.overrule import COLUMNS, Decision
from bsgi.reports.contact_sheet import (
    OVERRULE_COLUMNS,
    WIDEST,
    show_exam,
    write_contact_sheet,
)
from bsgi.reports.wording import RESEARCH_ONLY, SIMULATED
from tests.conftest import make_exam
from tests.reports.page_reader import read


def _write(folder: Path, number: int = 5, *, simulated: bool = False) -> Cohort:
    rng = np.random.default_rng(1)
    with CohortWriter(folder) as writer:
        for place in range(number):
            exam = make_exam(
                f"x{place}-1", rng=rng, label=Label(str(place % 2)),
                views=tuple(ViewName)[: 4 - place % 2],
            )  # fmt: skip
            quality = {1: "missing RMLO", 3: "LCC: blank; missing RMLO"}.get(place, "")
            exam = replace(exam, simulated=simulated, site="malignant hospital")
            writer.add(exam, quality=quality)
        return writer.finish()


def _decode(source: str) -> np.ndarray:
    code = source.removeprefix("data:image/png;base64,")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(code))))


def test_every_exam_stands_once_the_worst_first(tmp_path: Path) -> None:
    pages = write_contact_sheet(_write(tmp_path / "c"), tmp_path / "out")
    assert [page.name for page in pages] == ["contact-sheet.html"]
    text, page = read(pages[0])
    assert page.sections == ["x3-1", "x1-1", "x0-1", "x2-1", "x4-1"]
    assert len(page.pictures) == 18
    assert text.count(">missing</div>") == 2
    assert "2 of 5 exams are in doubt" in text


def test_a_page_stands_alone_and_says_what_it_is(tmp_path: Path) -> None:
    for simulated in (False, True):
        cohort = _write(tmp_path / f"c{simulated}", simulated=simulated)
        text, page = read(write_contact_sheet(cohort, tmp_path / "out")[0])
        assert all(each.startswith("data:image/png") for each in page.addresses)
        assert RESEARCH_ONLY in text
        assert (SIMULATED in text) == simulated


def test_no_label_is_shown(tmp_path: Path) -> None:
    text, _ = read(write_contact_sheet(_write(tmp_path / "c"), tmp_path / "out")[0])
    assert "malignant" not in text
    assert "benign" not in text


def test_a_large_cohort_is_parted_and_old_parts_go(tmp_path: Path) -> None:
    cohort, out = _write(tmp_path / "c"), tmp_path / "out"
    pages = write_contact_sheet(cohort, out, exams_per_page=2)
    assert [page.name for page in pages] == [
        "contact-sheet.html", "contact-sheet-2.html", "contact-sheet-3.html"
    ]  # fmt: skip
    sections = [name for path in pages for name in read(path)[1].sections]
    assert sections == ["x3-1", "x1-1", "x0-1", "x2-1", "x4-1"]
    text, page = read(pages[1])
    assert "exams 3 to 4" in text
    assert {"contact-sheet.html", "contact-sheet-3.html"} <= set(page.addresses)
    write_contact_sheet(cohort, out)
    assert [path.name for path in out.iterdir()] == ["contact-sheet.html"]
    with pytest.raises(ValueError, match="at least one exam"):
        write_contact_sheet(cohort, out, exams_per_page=0)


def test_views_have_one_scale_and_one_pose(tmp_path: Path) -> None:
    exam = make_exam(rng=np.random.default_rng(2))
    dim = replace(exam.views[ViewName.RCC], counts=exam.views[ViewName.RCC].counts // 4)
    shown = show_exam(replace(exam, views={**exam.views, ViewName.RCC: dim}), ())
    pictures = {view.name: _decode(view.source) for view in shown.views}
    for picture in pictures.values():
        assert picture[:, 0].mean() < picture[:, -1].mean() == 255  # the chest wall
    darkness = {name: float(255 - picture.mean()) for name, picture in pictures.items()}
    assert darkness["RCC"] == pytest.approx(darkness["LCC"] / 4, rel=0.05)
    assert pictures["LCC"].shape == view_image(exam.views[ViewName.LCC]).shape
    sizes = {(view.width, view.height) for view in shown.views}
    assert sizes == {(round(48 * 3.2 * 1.55), round(64 * 3.2 * 1.55))}


def test_a_hot_lesion_does_not_make_the_rest_white() -> None:
    exam = make_exam(rng=np.random.default_rng(2))
    view = exam.views[ViewName.LCC]
    hot = view.counts.copy()
    rows, cols = (side // 2 for side in hot.shape[1:])
    hot[:, rows - 3 : rows + 3, cols - 3 : cols + 3] = 60_000
    lesion = replace(
        exam, views={**exam.views, ViewName.LCC: replace(view, counts=hot)}
    )
    plain, shown = show_exam(exam, ()), show_exam(lesion, ())
    assert "3 times normal uptake" in shown.about
    assert "times normal" not in plain.about
    darkness = [
        float(255 - _decode(page.views[1].source).astype(float).mean())
        for page in (plain, shown)
    ]
    assert darkness[1] > darkness[0] / 3
    assert (_decode(shown.views[0].source) == 0).sum() >= 25


def test_plain_images_fill_their_place_and_tell_no_counts() -> None:
    exam = make_exam(rng=np.random.default_rng(2))
    small = {
        name: replace(view, spacing_mm=(1.0, 1.0)) for name, view in exam.views.items()
    }
    exam = replace(exam, views=small)
    text = (
        "8 bits per pixel, which are no longer counts; spacing not stated, taken as 1 "
        "mm; duration not stated, taken as 1 s"
    )
    stated, shown = show_exam(exam, ()), show_exam(exam, read_findings(text))
    assert {view.width for view in stated.views} == {round(48 * 1.55)}
    assert {view.width for view in shown.views} == {WIDEST}
    assert {view.caption for view in shown.views} == {"grey values of 8 bits"}
    assert "a grey value of" in shown.about
    assert "counts, 600 s" in stated.views[0].caption


def test_the_page_names_the_columns_of_the_overrules(tmp_path: Path) -> None:
    text, _ = read(write_contact_sheet(_write(tmp_path / "c"), tmp_path / "out")[0])
    assert OVERRULE_COLUMNS == COLUMNS
    assert all(f"<code>{column}</code>" in text for column in COLUMNS)
    assert all(f"<code>{decision}</code>" in text for decision in Decision)


def test_a_very_large_matrix_is_made_smaller_and_a_blank_exam_is_white() -> None:
    exam = make_exam()
    large = {
        name: replace(view, counts=np.zeros((1, 512, 500), np.uint16))
        for name, view in exam.views.items()
    }
    shown = show_exam(replace(exam, views=large), ())
    picture = _decode(shown.views[0].source)
    assert picture.shape == (128, 125)
    assert (picture == 255).all()
