import time
import tracemalloc

import numpy as np
import pytest
from jaxtyping import Float, Int64
from sklearn.metrics import roc_curve

from bsgi.evaluation.operating_points import roc_band
from bsgi.evaluation.operating_points.roc_band import (
    RocBand,
    build_roc_band,
    count_resamples,
)
from bsgi.evaluation.rates.proportions import estimate_mean_share


def draw(
    rng: np.random.Generator, malignant: int, benign: int, repeats: int, own: float
) -> tuple[Int64[np.ndarray, " exam"], Float[np.ndarray, "repeat exam"]]:
    """Scores at a true AUC of 0.9, of whose variance a share belongs to the patient."""
    labels = np.repeat([1, 0], [malignant, benign])
    patient = np.sqrt(own) * rng.normal(size=labels.size)
    anew = np.sqrt(1 - own) * rng.normal(size=(repeats, labels.size))
    return labels, 1.8124 * labels + patient + anew


def width(band: RocBand) -> float:
    return float((band.upper - band.lower).mean())


def test_the_mean_is_that_of_the_empirical_curves() -> None:
    """Against scikit-learn's curves, read at each rate from the right."""
    labels, scores = draw(np.random.default_rng(1), 17, 28, 5, 0.7)
    scores = np.round(scores, 1)
    band = build_roc_band(labels, scores, resamples=50)
    curves = []
    for line in scores:
        false_alarms, caught, _ = roc_curve(labels, line, drop_intermediate=False)
        curves.append(np.interp(band.false_positive_rate, false_alarms, caught))
    np.testing.assert_allclose(band.mean, np.mean(curves, axis=0), atol=1e-12)
    assert band.false_positive_rate[25] == 7 / 28


def test_all_rise_and_enclose_the_mean() -> None:
    rng = np.random.default_rng(2)
    for repeats, sizes in ((5, (17, 28)), (1, (40, 60)), (3, (3, 2)), (2, (1, 1))):
        labels, scores = draw(rng, *sizes, repeats, 0.5)
        band = build_roc_band(labels, scores, resamples=200)
        for line in (band.mean, band.lower, band.upper):
            assert np.all(np.diff(line) >= 0)
            assert line[0] >= 0
            assert line[-1] <= 1
        assert np.all(band.lower <= band.mean)
        assert np.all(band.mean <= band.upper)
        assert band.lower[0] == 0.0
        assert band.mean[-1] == band.upper[-1] == 1.0


def test_the_same_repeat_five_times_tells_as_much_as_once() -> None:
    labels, scores = draw(np.random.default_rng(3), 17, 28, 1, 1.0)
    once = build_roc_band(labels, scores)
    five = build_roc_band(labels, np.repeat(scores, 5, axis=0))
    np.testing.assert_allclose(five.lower, once.lower)
    np.testing.assert_allclose(five.upper, once.upper)
    more = np.repeat(scores, 5, axis=1)
    pooled = build_roc_band(np.repeat(labels, 5), more)
    assert width(pooled) < 0.6 * width(once)


def test_exams_of_one_patient_are_drawn_together() -> None:
    labels, scores = draw(np.random.default_rng(4), 17, 28, 2, 1.0)
    patients = [str(number) for number in range(45)]
    once = build_roc_band(labels, scores, patients=patients)
    thrice = build_roc_band(
        np.tile(labels, 3), np.tile(scores, (1, 3)), patients=patients * 3
    )
    np.testing.assert_allclose(thrice.lower, once.lower)
    np.testing.assert_allclose(thrice.upper, once.upper)


def test_perfect_scores_are_not_perfect_knowledge() -> None:
    labels = np.repeat([1, 0], [17, 28])
    band = build_roc_band(labels, np.tile(labels.astype(float), (5, 1)))
    assert np.all(band.mean == 1.0)
    lowest = estimate_mean_share(1.0, 17).lower
    assert band.lower[50] == pytest.approx(lowest)
    # Of rates below that of one benign patient of 28 nothing is known.
    assert band.lower[:4] == pytest.approx(28 * np.arange(4) / 100 * lowest)


def test_holds_the_truth_at_about_its_level() -> None:
    """100 data sets of 17 + 28; `runs/coverage.sh --tables bands` has more."""
    rng = np.random.default_rng(5)
    at = [5, 10, 20, 40]
    # Of the binormal curve with an AUC of 0.9, at those rates in per cent.
    truth = np.array([0.56653, 0.70223, 0.83417, 0.94051])
    held = np.zeros(4)
    for number in range(100):
        labels, scores = draw(rng, 17, 28, 5, 0.7)
        band = build_roc_band(labels, scores, seed=number, resamples=200)
        held += (band.lower[at] <= truth) & (truth <= band.upper[at])
    assert np.all(held / 100 > 0.88)


def test_a_seed_gives_one_band() -> None:
    labels, scores = draw(np.random.default_rng(6), 17, 28, 5, 0.7)
    first, again = (build_roc_band(labels, scores, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.lower, again.lower)
    other = build_roc_band(labels, scores, seed=4)
    assert np.any(other.lower != first.lower)


@pytest.mark.alone
def test_is_quick() -> None:
    rng = np.random.default_rng(7)
    for sizes, repeats, limit_s in (((17, 28), 5, 2.0), ((230, 370), 1, 10.0)):
        labels, scores = draw(rng, *sizes, repeats, 0.7)
        begun = time.perf_counter()
        build_roc_band(labels, scores)
        assert time.perf_counter() - begun < limit_s


def test_women_with_both_labels_only() -> None:
    """A draw may then miss a label; what is left still makes a band."""
    labels = np.array([1, 0, 1, 1])
    band = build_roc_band(
        labels, np.array([[0.9, 0.1, 0.8, 0.7]]), patients=["a", "a", "b", "c"],
        resamples=100,
    )  # fmt: skip
    assert np.isfinite(band.lower).all()


def test_refuses_one_label_and_a_wrong_level() -> None:
    with pytest.raises(ValueError, match="must have malignant and benign exams"):
        build_roc_band(np.array([1, 1]), np.array([[0.1, 0.2]]))
    with pytest.raises(ValueError, match="level must lie between"):
        build_roc_band(np.array([1, 0]), np.array([[0.1, 0.2]]), level=95.0)


def test_blocks_of_resamples_take_little_memory() -> None:
    """One block holds four million draws; all at once 100,000 exams took 9.6 GB."""
    labels, scores = draw(np.random.default_rng(9), 40_000, 60_000, 1, 1.0)
    tracemalloc.start()
    try:
        band = build_roc_band(labels, scores, resamples=60)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 300e6
    assert width(band) < 0.02


def test_blocks_of_any_size_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    labels, scores = draw(np.random.default_rng(10), 40, 60, 2, 0.5)
    patients = [str(place // 2) for place in range(100)]
    whole = build_roc_band(labels, scores, patients=patients)
    monkeypatch.setattr(roc_band, "_AT_ONCE", 700)
    parts = build_roc_band(labels, scores, patients=patients)
    monkeypatch.setattr(roc_band, "_ONE_BY_ONE", 10)
    single = build_roc_band(labels, scores, patients=patients)
    for other in (parts, single):
        np.testing.assert_array_equal(other.mean, whole.mean)
        np.testing.assert_allclose(other.lower, whole.lower, atol=0.05)
        np.testing.assert_allclose(other.upper, whole.upper, atol=0.05)


def test_very_many_exams_are_drawn_less_often() -> None:
    assert [count_resamples(n) for n in (45, 25_000, 100_000, 10**6)] == [
        2000, 2000, 500, 200,
    ]  # fmt: skip
    assert count_resamples(45, 50) == 50
