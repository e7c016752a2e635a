import json
from pathlib import Path

import numpy as np
import pytest

from bsgi.errors import RunError
from bsgi.exam.preprocess import Preprocessing
from bsgi.reports.reconstruction import (
    describe_reconstruction,
    draw_reconstruction,
    load_reconstruction,
    name_exams,
)
from tests.evaluation.test_summary import make_rows
from tests.reports.make_run import save_reconstruction


def test_errors_are_told_beside_those_of_components(tmp_path: Path) -> None:
    assert load_reconstruction(tmp_path) is None
    save_reconstruction(tmp_path, ["a", "b"])
    shown = load_reconstruction(tmp_path)
    assert shown is not None
    text = describe_reconstruction(shown)
    assert "0.0123 for the autoencoder, 1.11 times that of the principal" in text
    assert "0.0456" in text
    assert "9 test exams" in text


def test_exams_stand_in_rows_and_right_views_face_left_ones(tmp_path: Path) -> None:
    save_reconstruction(tmp_path, ["a", "b"])
    shown = load_reconstruction(tmp_path)
    assert shown is not None
    settings = Preprocessing(32, "uptake", (240.0, 160.0))
    figure = draw_reconstruction(shown, settings, ["a, benign", "b"])
    assert len(figure.axes) == 6
    assert [text.get_text() for text in figure.axes[0].texts] == ["a, benign"]
    picture = np.asarray(figure.axes[0].images[0].get_array())
    rcc, lcc = shown.original[0, 1], shown.original[0, 0]
    np.testing.assert_array_equal(picture[:32, :32], rcc[:, ::-1])
    np.testing.assert_array_equal(picture[:32, 33:], lcc)


def test_exams_are_named_with_their_labels(tmp_path: Path) -> None:
    rows = make_rows()
    save_reconstruction(tmp_path, [rows[0].exam_id, "another"])
    shown = load_reconstruction(tmp_path)
    assert shown is not None
    first = f"{rows[0].exam_id}, {('benign', 'malignant')[rows[0].label]}"
    assert name_exams(shown, rows) == (first, "another")
    settings = Preprocessing(32, "uptake", (240.0, 160.0))
    with pytest.raises(ValueError, match="2 exams must have as many names, got 1"):
        draw_reconstruction(shown, settings, ["a"])


@pytest.mark.parametrize("name", ["reconstruction.json", "reconstruction.npz"])
def test_one_file_without_the_other_is_refused(tmp_path: Path, name: str) -> None:
    save_reconstruction(tmp_path, ["a"])
    (tmp_path / name).unlink()
    with pytest.raises(RunError, match="reconstruction"):
        load_reconstruction(tmp_path)


@pytest.mark.parametrize("error", [None, -1.0, "small"])
def test_a_damaged_table_is_refused(tmp_path: Path, error: object) -> None:
    save_reconstruction(tmp_path, ["a"])
    path = tmp_path / "reconstruction.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "error_pca": error}))
    with pytest.raises(RunError, match="as an autoencoder leaves them, but"):
        load_reconstruction(tmp_path)


def test_damaged_images_are_refused(tmp_path: Path) -> None:
    save_reconstruction(tmp_path, ["a"])
    path = tmp_path / "reconstruction.npz"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(RunError, match="as an autoencoder leaves them, but"):
        load_reconstruction(tmp_path)
