"""Files of simulated exams of every camera and preset: what other programs say."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bsgi.dicom.read import read_view
from bsgi.dicom.write import write_view
from bsgi.exam.orientation import view_image
from bsgi.intake.simulated import build_header
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.population.population import Population, fill_population
from bsgi.physics.population.preset import shipped_presets
from bsgi.physics.simulate import Study, simulate_study

each_camera = pytest.mark.parametrize("name", CAMERAS)


def write_study(
    study: Study, population: Population, index: int, folder: Path
) -> Iterator[Path]:
    header = build_header(population, index, study.exam)
    for name, view in study.exam.views.items():
        path = folder / f"{index}-{name}.dcm"
        write_view(path, view, header)
        yield path


def find_complaints(program: str, path: Path) -> list[str]:
    """What dciodvfy has against a file, once it knows what it is."""
    done = subprocess.run([program, path], capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    assert "NMImage" in lines
    return [line for line in lines if "Error" in line or "Warning" in line]


def show(program: str, path: Path, frame: int) -> np.ndarray:
    """The picture of one frame that DCMTK makes, grey levels from lowest to highest."""
    picture = path.with_suffix(".pgm")
    subprocess.run(
        [program, "--min-max-window", "--write-raw-pnm", "--frame", str(frame), path,
         picture],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return np.asarray(Image.open(picture), float)


@each_camera
@pytest.mark.parametrize("preset", shipped_presets())
def test_dciodvfy_finds_no_error_in_any_camera_and_preset(
    name: str, preset: str, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    program = require_program("dciodvfy")
    population = fill_population(preset, camera=name, seed=3)
    last = population.exams - 1  # a malignant one
    study = simulate_study(population, last)
    paths = list(write_study(study, population, last, tmp_path))
    assert len(paths) == 4
    for path in paths:
        assert find_complaints(program, path) == []


@each_camera
def test_dcmtk_shows_the_counts_of_every_head(
    name: str, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    program = require_program("dcm2pnm")
    population = fill_population("paper", camera=name, seed=3)
    study = simulate_study(population, 0)
    paths = list(write_study(study, population, 0, tmp_path))
    for view, path in zip(study.exam.views.values(), paths, strict=True):
        assert len(view.counts) == CAMERAS[name].heads
        for frame, counts in enumerate(view.counts, start=1):
            shown = show(program, path, frame)
            assert shown.shape == counts.shape
            assert np.corrcoef(shown.ravel(), counts.ravel())[0, 1] > 0.99


@each_camera
def test_dynamic_files_too(
    name: str, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    validator, viewer = require_program("dciodvfy"), require_program("dcm2pnm")
    population = fill_population("paper", camera=name, seed=3)
    protocol = replace(population.protocol, frame_s=30.0)
    study = simulate_study(population, 0, protocol)
    header = build_header(population, 0, study.exam)
    for view_name, view in list(study.exam.views.items())[:2]:
        path = tmp_path / f"{view_name}.dcm"
        frames, frame_s = study.frames[view_name], study.frame_s[view_name]
        assert frame_s == (30.0,) * 20
        write_view(path, view, header, frames, frame_s)
        assert find_complaints(validator, path) == []
        for head in range(len(view.counts)):
            shown = show(viewer, path, 20 * head + 7)
            expected = frames[6, head]
            assert np.corrcoef(shown.ravel(), expected.ravel())[0, 1] > 0.99


@each_camera
def test_views_come_back_with_heads_that_add_up(name: str, tmp_path: Path) -> None:
    """The second head is saved mirrored, and is turned back before heads are added."""
    population = fill_population("easy", camera=name, seed=3)
    study = simulate_study(population, population.exams - 1)
    views = study.exam.views.values()
    paths = write_study(study, population, 0, tmp_path)
    for view, path in zip(views, paths, strict=True):
        loaded = read_view(path).view
        assert np.array_equal(loaded.counts, view.counts)
        assert loaded.heads_mirrored == view.heads_mirrored
        assert loaded.spacing_mm == view.spacing_mm
        assert loaded.duration_s == view.duration_s
        assert loaded.start_s == view.start_s
        # In the common pose the chest wall is at the left in every head: the images
        # of the heads lie on each other.
        heads = [
            view_image(replace(view, counts=head[None], heads_mirrored=(mirrored,)))
            for head, mirrored in zip(view.counts, view.heads_mirrored, strict=True)
        ]
        assert view_image(loaded) == pytest.approx(np.sum(heads, axis=0))
        if len(heads) == 2:
            assert np.corrcoef(heads[0].ravel(), heads[1].ravel())[0, 1] > 0.7


def test_a_view_that_its_counts_ended_says_so(
    tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    population = fill_population("paper", seed=3)
    protocol = replace(population.protocol, view_counts=50_000.0)
    study = simulate_study(population, 1, protocol)
    paths = write_study(study, population, 1, tmp_path)
    for view, path in zip(study.exam.views.values(), paths, strict=True):
        assert view.stopped_by_counts
        assert view.total_counts == 50_000
        loaded = read_view(path).view
        assert loaded.stopped_by_counts
        assert loaded.duration_s == view.duration_s < 600.0
        assert find_complaints(require_program("dciodvfy"), path) == []
