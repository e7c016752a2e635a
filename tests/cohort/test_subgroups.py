"""Which groups the exams of a cohort fall into."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bsgi.cohort.arrays import load_truth
from bsgi.cohort.store import Cohort
from bsgi.cohort.subgroups import BACKGROUNDS, collect_groups
from bsgi.cohort.writer import CohortWriter
from bsgi.exam.record import (
    Exam,
    Label,
    Lesion,
    LesionShape,
    Side,
    Truth,
    ViewName,
)
from bsgi.physics.breast.background import LEVELS
from tests.conftest import make_exam


def make_lesion(
    diameter_mm: float,
    *,
    malignant: bool = True,
    histology: str = "IDC",
    depth: float = 0.5,
    shape: LesionShape = LesionShape.MASS,
) -> Lesion:
    """A lesion of the left breast."""
    return Lesion(
        side=Side.LEFT,
        malignant=malignant,
        histology=histology,
        diameter_mm=diameter_mm,
        concentration_ratio=4.0,
        position=(depth, 0.0, 0.0),
        shape=shape,
    )


def write(folder: Path, *exams: tuple[Exam, Truth | None]) -> Cohort:
    """A cohort of some exams."""
    with CohortWriter(folder) as writer:
        for exam, truth in exams:
            writer.add(exam, truth)
        return writer.finish()


def plain(number: int, **fields: object) -> Exam:
    """A benign exam without lesion; other fields as given."""
    return replace(make_exam(f"{number:04d}-1"), **fields)  # type: ignore[arg-type]


def group(cohort: Cohort, grouping: str) -> dict[str, str]:
    """Patient to group."""
    found = collect_groups(cohort)[grouping]
    return {exam_id.removesuffix("-1"): name for exam_id, name in found.items()}


def test_camera_site_and_views_are_those_of_the_table(tmp_path: Path) -> None:
    few = tuple(ViewName)[:3]
    views = make_exam().views
    cohort = write(
        tmp_path / "c",
        (plain(1, camera="b", site=""), None),
        (plain(2, camera="a", site="", views={n: views[n] for n in few}), None),
        (plain(3, camera="", site="", views={n: views[n] for n in few[:1]}), None),
    )
    found = collect_groups(cohort)
    assert list(found["camera"].items()) == [
        ("0002-1", "a"), ("0001-1", "b"), ("0003-1", "unknown"),
    ]  # fmt: skip
    assert "site" not in found
    assert group(cohort, "views") == {
        "0001": "all four", "0002": "one missing", "0003": "two or three missing",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (39.9, "below 40"),
        (40.0, "40 to 49"),
        (49.9, "40 to 49"),
        (50.0, "50 to 59"),
        (60.0, "60 and above"),
        (91.0, "60 and above"),
        (None, "unknown"),
    ],
)
def test_a_year_begins_the_next_band(
    tmp_path: Path, age: float | None, band: str
) -> None:
    known = plain(9, age_years=20.0)
    cohort = write(tmp_path / "c", (plain(1, age_years=age), None), (known, None))
    assert group(cohort, "age in years")["0001"] == band


@pytest.mark.parametrize(
    ("diameter_mm", "size"),
    [
        (10.0, "up to 10 mm"),
        (10.1, "above 10 to 20 mm"),
        (20.0, "above 10 to 20 mm"),
        (20.1, "above 20 mm"),
    ],
)
@pytest.mark.parametrize("malignant", [True, False])
def test_a_size_ends_its_group(
    tmp_path: Path, diameter_mm: float, size: str, malignant: bool
) -> None:
    label = Label.MALIGNANT if malignant else Label.BENIGN
    truth = Truth((make_lesion(diameter_mm, malignant=malignant),))
    cohort = write(tmp_path / "c", (plain(1, label=label), truth))
    word = "malignant" if malignant else "benign"
    assert group(cohort, "lesion size") == {"0001": f"{word}, {size}"}


def test_the_largest_lesion_of_the_label_stands_for_the_exam(tmp_path: Path) -> None:
    lesions = (
        make_lesion(12.0, histology="IDC", depth=0.1),
        make_lesion(8.0, histology="DCIS", depth=0.9),
        make_lesion(30.0, histology="fibroadenoma", malignant=False),
        make_lesion(25.0, histology="IDC", shape=LesionShape.NODE),
    )
    ill = plain(1, label=Label.MALIGNANT)
    node = Truth((lesions[3],))
    cohort = write(
        tmp_path / "c",
        (ill, Truth(lesions)),
        (plain(2), Truth((lesions[2],))),
        (plain(3), Truth(())),
        (plain(4, label=Label.MALIGNANT), node),
        (plain(5), None),
    )
    assert group(cohort, "lesion size") == {
        "0001": "malignant, above 10 to 20 mm",
        "0002": "benign, above 20 mm",
        "0003": "benign, no lesion",
        "0004": "malignant, above 20 mm",
        "0005": "unknown",
    }
    assert group(cohort, "histology") == {
        "0001": "malignant, IDC", "0002": "benign, fibroadenoma",
        "0003": "benign, no lesion", "0004": "malignant, IDC", "0005": "unknown",
    }  # fmt: skip
    depths = group(cohort, "lesion depth")
    assert depths["0001"] == "malignant, third at the chest wall"
    assert depths["0002"] == "benign, middle third"


def test_cancers_come_first_and_then_by_size(tmp_path: Path) -> None:
    sizes = (25.0, 5.0, 15.0)
    exams = [
        (
            plain(number, label=Label.MALIGNANT if malignant else Label.BENIGN),
            Truth((make_lesion(size, malignant=malignant),)),
        )
        for number, (malignant, size) in enumerate(
            (malignant, size) for malignant in (False, True) for size in sizes
        )
    ]
    cohort = write(tmp_path / "c", (plain(9), Truth(())), *exams)
    found = list(dict.fromkeys(collect_groups(cohort)["lesion size"].values()))
    names = ("up to 10 mm", "above 10 to 20 mm", "above 20 mm")
    assert found == [
        *(f"malignant, {name}" for name in names),
        *(f"benign, {name}" for name in names),
        "benign, no lesion",
    ]


def test_backgrounds_are_those_of_the_simulator_in_their_order(tmp_path: Path) -> None:
    assert BACKGROUNDS == LEVELS
    cohort = write(
        tmp_path / "c",
        *(
            (plain(number), Truth((), background=name))
            for number, name in enumerate(reversed(BACKGROUNDS))
        ),
        (plain(8), Truth((), background="")),
    )
    found = list(collect_groups(cohort)["background uptake"].values())
    assert found == [*BACKGROUNDS, "unknown"]


def test_an_older_truth_without_background_is_unknown(tmp_path: Path) -> None:
    cohort = write(tmp_path / "c", (plain(1), Truth((), background="marked")))
    path = cohort.folder / "truth" / "0001-1.npz"
    with np.load(path) as archive:
        meta = json.loads(str(archive["meta"][()]))
    meta["background"] = ""
    np.savez(path, meta=np.array(json.dumps(meta)))
    assert load_truth(path).background == ""
    assert "background uptake" not in collect_groups(cohort)


def test_counts_are_parted_into_thirds_of_normal_tissue(tmp_path: Path) -> None:
    exams = []
    for number in range(9):
        exam = plain(number)
        views = {
            name: replace(view, duration_s=view.duration_s / (1 + number))
            for name, view in exam.views.items()
        }
        exams.append((replace(exam, views=views), None))
    cohort = write(tmp_path / "c", *exams)
    found = collect_groups(cohort)["normal tissue, counts/(s cm2)"]
    words = [name.partition(",")[0] for name in found.values()]
    assert words == ["lowest third"] * 3 + ["middle third"] * 3 + ["highest third"] * 3
    assert list(found) == [f"{number:04d}-1" for number in range(9)]


def test_blank_exams_have_no_count_level_and_equal_ones_no_thirds(
    tmp_path: Path,
) -> None:
    exam = plain(1)
    blank = {
        n: replace(v, counts=np.zeros_like(v.counts)) for n, v in exam.views.items()
    }
    cohort = write(
        tmp_path / "c", (plain(2), None), (plain(3), None),
        (replace(exam, views=blank), None),
    )  # fmt: skip
    assert "normal tissue, counts/(s cm2)" not in collect_groups(cohort)


def test_exams_without_a_label_are_in_no_group(tmp_path: Path) -> None:
    unknown = plain(2, label=Label.UNKNOWN)
    cohort = write(tmp_path / "c", (plain(1), None), (unknown, None))
    for members in collect_groups(cohort).values():
        assert set(members) == {"0001-1"}
