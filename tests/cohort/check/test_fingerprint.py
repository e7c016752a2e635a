"""What a fingerprint keeps of a view, and what does not move it."""

from dataclasses import replace

import numpy as np
import pytest

from bsgi.cohort.check.fingerprint import (
    TURNS,
    Fingerprint,
    take_fingerprint,
    take_residue,
    turn_image,
)
from bsgi.cohort.check.resemblance import compare_views
from bsgi.exam.record import View, ViewName
from tests.cohort.check.faults import COPIES, exchange_sides
from tests.conftest import make_view


def noisy(seed: int, name: ViewName = ViewName.LCC, counts: float = 100.0) -> View:
    return make_view(name, rng=np.random.default_rng(seed), counts=counts)


def take(view: View) -> Fingerprint:
    found = take_fingerprint(view)
    assert found is not None
    return found


def likeness(first: Fingerprint, second: Fingerprint) -> np.ndarray:
    """Cosines of the first hash with the turned ones of the second."""
    own = first.hashes[0] / np.linalg.norm(first.hashes[0])
    length = np.linalg.norm(second.hashes, axis=1)
    return np.asarray(second.hashes @ own / length)


def test_every_turn_can_be_undone_by_one() -> None:
    image = np.arange(12).reshape(3, 4)
    for turn in range(TURNS):
        turned = turn_image(image, turn)
        assert any(np.array_equal(turn_image(turned, back), image)
                   for back in range(TURNS))  # fmt: skip
    assert len({turn_image(image, turn).tobytes() for turn in range(TURNS)}) == TURNS


@pytest.mark.parametrize("turn", range(4))
def test_the_hash_of_a_turned_view_is_the_turned_hash(turn: int) -> None:
    view = noisy(1)
    turned = np.stack([turn_image(head, turn) for head in view.counts])
    one, other = take(view), take(replace(view, counts=turned.copy()))
    found = likeness(one, other)
    assert int(found.argmax()) == turn
    assert found.max() > 0.999


def test_gain_moves_nothing() -> None:
    view = noisy(2)
    one, other = take(view), take(replace(view, counts=view.counts * 3))
    assert likeness(one, other)[0] > 0.999
    assert np.allclose(one.residue, other.residue, atol=1e-4)


def test_the_residue_has_mean_0_and_spread_1_where_the_breast_is() -> None:
    found = take(noisy(3))
    assert abs(float(found.residue[found.inside].mean())) < 1e-5
    assert float(found.residue[found.inside].std()) == pytest.approx(1.0, abs=1e-4)
    assert not found.residue[~found.inside].any()


def test_one_hot_pixel_does_not_rule_the_residue() -> None:
    view = noisy(4)
    counts = view.counts.copy()
    counts[0, 32, 10] = 60_000
    found = take(replace(view, counts=counts))
    assert float(np.abs(found.residue).max()) < 3.0
    assert compare_views(take(view), found, 0) > 0.8


@pytest.mark.parametrize("kind", COPIES)
def test_the_judge_knows_a_copy(kind: str) -> None:
    view = noisy(5)
    change = COPIES[kind][0]
    one, other = take(view), take(change(view))
    best = int(likeness(one, other).argmax())
    assert compare_views(one, other, best) > 0.5


def test_the_judge_is_the_same_both_ways() -> None:
    one, other = take(noisy(6)), take(exchange_sides(noisy(6)))
    assert compare_views(one, other, 0) == pytest.approx(
        compare_views(other, one, 0), abs=0.02
    )


def test_equal_breasts_with_noise_of_their_own_are_no_copies() -> None:
    """The mean is the same to the last digit; only the noise differs."""
    found = [
        compare_views(take(noisy(2 * n)), take(noisy(2 * n + 1)), 0) for n in range(20)
    ]
    assert max(found) < 0.3


def test_a_thinned_copy_keeps_the_root_of_its_share() -> None:
    rng = np.random.default_rng(9)
    view = noisy(10, counts=800.0)
    one = take(view)
    for share in (0.5, 0.25):
        counts = rng.binomial(view.counts, share).astype(np.uint16)
        found = compare_views(one, take(replace(view, counts=counts)), 0)
        assert found == pytest.approx(np.sqrt(share), abs=0.06)


def test_a_view_that_holds_nothing_has_no_fingerprint() -> None:
    view = noisy(11)
    assert take_fingerprint(replace(view, counts=np.zeros_like(view.counts))) is None
    flat = np.ones((20, 20), np.float32)
    assert take_residue(flat, flat > 0) is None
