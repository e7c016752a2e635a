"""Faults are found where they are, and exams without one stay silent."""

from dataclasses import replace

import numpy as np
import pytest

from bsgi.exam.quality.assess import assess_exam, assess_whole
from bsgi.exam.quality.catalogue import CHECKS, join_findings, read_findings
from bsgi.exam.quality.finding import FileFacts, Finding
from bsgi.exam.record import Exam, ViewName
from bsgi.physics.camera.catalogue import CAMERAS
from tests.conftest import make_exam
from tests.exam.quality.conftest import Change, healthy, plant
from tests.exam.quality.faults import PLANTED

FAULTS = pytest.mark.parametrize(
    ("check", "change"),
    PLANTED,
    ids=[f"{check}-{number}" for number, (check, _) in enumerate(PLANTED)],
)


def test_an_exam_without_a_fault_raises_no_doubt(exam: Exam) -> None:
    assert assess_exam(exam) == ()


@FAULTS
@pytest.mark.parametrize("camera", sorted(CAMERAS))
def test_a_planted_fault_is_found_at_its_view(
    camera: str, check: str, change: Change
) -> None:
    for name in (ViewName.LCC, ViewName.RMLO):
        exam = plant(healthy(camera), name, change)
        found = assess_exam(exam)
        assert (check, name) in {(each.check, each.view) for each in found}
        # The others are as they were.
        assert {each.view for each in found} <= {name, None}
        assert read_findings(join_findings(found)) == found


def test_findings_stand_in_one_order_whatever_the_order_of_the_views() -> None:
    exam = make_exam(rng=np.random.default_rng(1))
    turned = replace(exam, views=dict(reversed(list(exam.views.items()))))
    found = assess_exam(exam)
    assert assess_exam(turned) == found
    views = [each.view for each in found if each.view is not None]
    assert views == sorted(views, key=list(ViewName).index)


def test_what_only_files_know_becomes_a_finding() -> None:
    exam = healthy("dilon-6800-gp")
    facts = {
        ViewName.LCC: FileFacts(motion_mm=6.4, isotope="another than Tc-99m"),
        ViewName.RCC: FileFacts(motion_mm=1.0, isotope="Tc-99m"),
    }
    assert assess_exam(exam, facts) == (
        Finding("isotope", ViewName.LCC, "isotope other than Tc-99m"),
        Finding("motion", ViewName.LCC, "the breast moved by 6 mm between frames"),
    )


def test_doubts_of_the_whole_exam_come_first() -> None:
    exam = healthy("ge-nm750b-wide")
    views = {name: exam.views[name] for name in (ViewName.LCC, ViewName.LMLO)}
    views[ViewName.LMLO] = replace(views[ViewName.LMLO], duration_s=200.0, start_s=4e3)
    found = assess_exam(replace(exam, views=views))
    assert list(map(str, found)) == [
        "missing RCC RMLO",
        "views took 200 to 600 s, not alike",
        "LMLO: began 67 min after the injection, later than 60 min",
    ]
    assert assess_whole(replace(exam, views=views)) == found[:2]


def test_every_check_is_in_the_catalogue() -> None:
    assert {check for check, _ in PLANTED} <= set(CHECKS)


def test_a_view_that_lies_wrong_is_not_doubted_for_what_rests_on_its_pose() -> None:
    turned = dict(PLANTED)["orientation"]
    found = assess_exam(plant(healthy("dilon-6800-gp"), ViewName.LCC, turned))
    assert [each.check for each in found] == ["orientation"]
