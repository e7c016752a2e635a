import numpy as np

from bsgi.evaluation.abstention.chosen import choose_fold_thresholds
from bsgi.evaluation.abstention.shift import measure_shifts
from bsgi.evaluation.abstention.summary import apply_thresholds
from bsgi.evaluation.design import Design
from bsgi.evaluation.predictions import PredictionRow
from tests.evaluation.rows import row


def two_cameras(
    shift: float, *, number: int = 400, seed: int = 0
) -> tuple[list[PredictionRow], dict[str, str]]:
    """Half set aside, half tested; simulated scores of camera B are higher by shift."""
    rng = np.random.default_rng(seed)
    rows, cameras = [], {}
    for place in range(number):
        name, label = f"{place:04d}", place % 2
        cameras[name] = "AB"[place // 2 % 2]
        score = float(rng.normal() + 2.5 * label) + shift * (cameras[name] == "B")
        part = "calibrate" if place < number // 2 else "test"
        rows.append(row(name, score, label, part=part))
    return rows, cameras


def test_a_camera_that_scores_higher_errs_on_benign_exams() -> None:
    rows, cameras = two_cameras(1.5)
    pairs = measure_shifts(rows, Design.SINGLE, cameras)
    found = {(one.calibrated_on, one.applied_to): one for one in pairs}
    assert list(found) == [("A", "A"), ("A", "B"), ("B", "A"), ("B", "B")]
    for pair, one in found.items():
        assert one.malignant_patients == one.benign_patients == 50
        assert not one.refers_everything
        malignant, benign = one.outcome.malignant, one.outcome.benign
        assert malignant is not None
        assert benign is not None
        assert malignant.patients == benign.patients == 50
        if pair[0] == pair[1]:
            assert malignant.error.lower <= 0.1
            assert benign.error.lower <= 0.1
        else:
            raised, lowered = (
                (benign, malignant) if pair == ("A", "B") else (malignant, benign)
            )
            assert raised.error.lower > 0.25
            assert lowered.error.value < 0.05


def test_thresholds_of_a_camera_come_from_its_exams_alone() -> None:
    rows, cameras = two_cameras(1.5)
    own = {name for name, camera in cameras.items() if camera == "A"}
    (chosen,) = choose_fold_thresholds(rows, Design.SINGLE, 0.1, own)
    target = [r for r in rows if r.part == "test" and cameras[r.exam_id] == "B"]
    applied = apply_thresholds(target, chosen.thresholds)
    measured = measure_shifts(rows, Design.SINGLE, cameras)[1].outcome
    assert (applied.malignant, applied.benign, applied.called) == (
        measured.malignant, measured.benign, measured.called
    )  # fmt: skip


def test_too_few_exams_of_a_camera_refer_everything_and_say_so() -> None:
    rows, cameras = two_cameras(0.0, number=60)
    for one in measure_shifts(rows, Design.SINGLE, cameras):
        assert one.refers_everything
        assert max(one.malignant_patients, one.benign_patients) < 9
        assert one.outcome.malignant is not None
        assert one.outcome.malignant.referred.value == 1.0
        assert one.outcome.malignant.error.value == 0.0


def test_one_camera_has_no_shift() -> None:
    rows, cameras = two_cameras(0.0)
    assert measure_shifts(rows, Design.SINGLE, dict.fromkeys(cameras, "A")) == ()
    assert measure_shifts(rows, Design.SINGLE, {}) == ()
