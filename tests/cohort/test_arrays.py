import dataclasses
import io
import json
from pathlib import Path

import numpy as np
import pytest

from bsgi.cohort.arrays import load_truth, load_views, save_truth, save_views
from bsgi.errors import CohortError
from bsgi.exam.record import (
    Focus,
    Lesion,
    LesionShape,
    Side,
    Truth,
    View,
    ViewName,
)
from tests.conftest import make_exam

TRUTH = Truth(
    lesions=(
        Lesion(Side.LEFT, True, "IDC", 12.5, 6.25, (0.5, -0.25, 0.1)),
        Lesion(
            Side.LEFT,
            True,
            "DCIS",
            28.0,
            5.5,
            (0.4, 0.25, 0.5),
            LesionShape.SEGMENTAL,
            (Focus((0.35, 0.25, 0.5), 4.5), Focus((0.45, 0.2, 0.4), 3.0)),
        ),
    ),
    masks={ViewName.LMLO: np.eye(5, dtype=bool)},
    background="mild",
)


def test_views_come_back_as_they_were(tmp_path: Path) -> None:
    exam = make_exam(rng=np.random.default_rng(1))
    full = dataclasses.replace(
        exam.views[ViewName.RCC],
        counts=np.arange(24, dtype=np.uint16).reshape(2, 3, 4),
        heads_mirrored=(False, True),
        orientation=("P", "L"),
        rescale_slope=2.0,
        stopped_by_counts=True,
    )
    bare = dataclasses.replace(
        exam.views[ViewName.LMLO], start_s=None, energy_window_kev=None
    )
    views = {**exam.views, ViewName.RCC: full, ViewName.LMLO: bare}
    save_views(tmp_path / "a.npz", views)
    loaded = load_views(tmp_path / "a.npz")
    assert list(loaded) == list(ViewName)
    for name, view in views.items():
        np.testing.assert_array_equal(loaded[name].counts, view.counts)
        assert loaded[name].counts.dtype == view.counts.dtype
        for field in dataclasses.fields(View):
            if field.name != "counts":
                wanted = getattr(view, field.name)
                assert getattr(loaded[name], field.name) == wanted, field.name


def test_truth_comes_back_as_it_was(tmp_path: Path) -> None:
    save_truth(tmp_path / "a.npz", TRUTH)
    loaded = load_truth(tmp_path / "a.npz")
    assert loaded.lesions == TRUTH.lesions
    assert loaded.background == TRUTH.background
    assert list(loaded.masks) == [ViewName.LMLO]
    np.testing.assert_array_equal(
        loaded.masks[ViewName.LMLO], TRUTH.masks[ViewName.LMLO]
    )


def test_truth_without_shapes_has_masses_of_one_ball(tmp_path: Path) -> None:
    """As it was written before lesions had shapes."""
    old = {
        "side": "R",
        "malignant": False,
        "histology": "papilloma",
        "diameter_mm": 8.0,
        "concentration_ratio": 2.5,
        "position": [0.5, 0.1, -0.1],
    }
    meta = {"format_version": 1, "background": "mild", "lesions": [old]}
    _write(tmp_path / "a.npz", meta)
    (lesion,) = load_truth(tmp_path / "a.npz").lesions
    assert lesion == Lesion(Side.RIGHT, False, "papilloma", 8.0, 2.5, (0.5, 0.1, -0.1))
    assert lesion.balls == (Focus((0.5, 0.1, -0.1), 8.0),)
    meta["lesions"] = [{**old, "shape": "star"}]
    _write(tmp_path / "a.npz", meta)
    with pytest.raises(CohortError, match="is damaged"):
        load_truth(tmp_path / "a.npz")


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        save_views(tmp_path / name, make_exam().views)
        save_truth(tmp_path / f"{name}t", TRUTH)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "at").read_bytes() == (tmp_path / "bt").read_bytes()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CohortError, match=r"a\.npz is missing; the cohort is inc"):
        load_views(tmp_path / "a.npz")


@pytest.mark.parametrize("kind", ["views", "truth"])
def test_no_damage_gets_out_as_another_error(tmp_path: Path, kind: str) -> None:
    """Bits turned and ends cut off: content that reads, or one kind of error."""
    path = tmp_path / "a.npz"
    if kind == "views":
        save_views(path, make_exam(rng=np.random.default_rng(1)).views)
    else:
        save_truth(path, TRUTH)
    load = load_views if kind == "views" else load_truth
    content = path.read_bytes()
    rng = np.random.default_rng(3)
    messages = []
    for _ in range(150):
        changed = bytearray(content)
        changed[rng.integers(len(content))] ^= 1 << int(rng.integers(8))
        path.write_bytes(changed[: rng.integers(1, 2 * len(content))])
        try:
            load(path)
        except CohortError as reason:
            messages.append(str(reason))
    assert len(messages) > 75
    assert all(str(path) in message for message in messages)


def _write(path: Path, meta: object, **arrays: np.ndarray) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, meta=np.array(json.dumps(meta)), **arrays)
    path.write_bytes(buffer.getvalue())


def test_another_version_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "a.npz", {"format_version": 2, "views": {}})
    with pytest.raises(CohortError, match="must have format_version 1, got 2"):
        load_views(tmp_path / "a.npz")


def test_contents_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    _write(path, {"format_version": 1, "views": {}})
    with pytest.raises(CohortError, match="must hold the views that its meta names"):
        load_views(path)
    _write(path, {"format_version": 1, "views": {"LCC": {}}}, LCC=np.zeros((1, 2, 2)))
    with pytest.raises(CohortError, match="counts of LCC must be integers, got float"):
        load_views(path)
    _write(path, [])
    with pytest.raises(CohortError, match=r"is damaged \(TypeError\)"):
        load_views(path)
    _write(path, {"format_version": 1}, LCC=np.zeros((2, 2)))
    with pytest.raises(CohortError, match="must hold masks, got float64 LCC"):
        load_truth(path)


def test_code_in_a_file_is_not_run(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, meta=np.array([print], dtype=object))
    (tmp_path / "a.npz").write_bytes(buffer.getvalue())
    with pytest.raises(CohortError, match=r"is damaged \(ValueError\)"):
        load_views(tmp_path / "a.npz")
