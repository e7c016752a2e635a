"""A simulated population through DICOM files on disk, and back."""

import multiprocessing
import subprocess
import time
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bsgi.cohort.store import load_cohort
from bsgi.dicom.read import read_view
from bsgi.errors import OutputError
from bsgi.exam.record import View
from bsgi.files import load_json
from bsgi.intake.folder import import_folder
from bsgi.intake.labels import load_labels
from bsgi.intake.simulated import build_header, simulate_to_folder
from bsgi.physics.population.population import Population
from bsgi.physics.simulate import simulate_exam
from bsgi.provenance import load_provenance

POPULATION = Population("paper", "dilon-6800-gp", 3, 1, 740.0, 11)


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("simulated") / "out"
    summary = simulate_to_folder(POPULATION, out)
    assert (summary.exams, summary.malignant, summary.views) == (3, 1, 12)
    return out


def test_the_folder(simulation: Path) -> None:
    files = sorted(
        str(path.relative_to(simulation))
        for path in simulation.rglob("*")
        if path.is_file() and path.suffix != ".npz"
    )
    assert files == [
        *(
            f"dicom/paper11-{number:05d}/{view}.dcm"
            for number in range(3)
            for view in ("LCC", "LMLO", "RCC", "RMLO")
        ),
        "labels.csv",
        "population.json",
        "provenance.json",
    ]
    assert len(list((simulation / "truth").glob("*.npz"))) == 3
    content = load_json(simulation / "population.json")
    content.pop("format_version")
    assert Population(**content) == POPULATION
    assert load_provenance(simulation).seed == 11


def test_dciodvfy_finds_no_error_in_any_file(
    simulation: Path, require_program: Callable[[str], str]
) -> None:
    program = require_program("dciodvfy")
    for path in sorted(simulation.rglob("*.dcm")):
        done = subprocess.run(
            [program, path], capture_output=True, text=True, check=False
        )
        output = done.stdout + done.stderr
        assert "NMImage" in output
        assert "Error" not in output, output


def test_import_gives_the_simulated_exams_bit_for_bit(
    simulation: Path, tmp_path: Path
) -> None:
    import_folder(
        simulation / "dicom",
        simulation / "labels.csv",
        tmp_path / "cohort",
        keep_ids=True,
        truth=simulation / "truth",
    )
    cohort = load_cohort(tmp_path / "cohort")
    assert cohort.simulated
    for index, row in enumerate(cohort.rows):
        exam, truth = simulate_exam(POPULATION, index)
        loaded = cohort.load_exam(row.exam_id)
        assert loaded.exam_id == exam.exam_id
        for name, view in exam.views.items():
            found = loaded.views[name]
            np.testing.assert_array_equal(found.counts, view.counts)
            assert found.counts.dtype == view.counts.dtype
            for field in fields(View):
                if field.name not in {"counts", "source_uid"}:
                    assert getattr(found, field.name) == getattr(view, field.name)
        for field_name in ("patient_id", "site", "camera", "dose_mbq", "label",
                           "label_left", "label_right", "simulated"):  # fmt: skip
            assert getattr(loaded, field_name) == getattr(exam, field_name)
        assert loaded.age_years == pytest.approx(exam.age_years, abs=0.05)
        known = cohort.load_truth(row.exam_id)
        assert known is not None
        assert known.lesions == truth.lesions
        assert list(known.masks) == list(truth.masks)
        for name, mask in truth.masks.items():
            np.testing.assert_array_equal(known.masks[name], mask)
    assert (tmp_path / "cohort" / "notes.csv").read_text() == "exam_id,file,note\n"


def test_two_processes_write_the_same_files(simulation: Path, tmp_path: Path) -> None:
    calls: list[tuple[int, int, str]] = []
    out = tmp_path / "out"
    simulate_to_folder(
        POPULATION, out, processes=2, progress=lambda *call: calls.append(call)
    )
    assert [(done, total) for done, total, _ in calls] == [(1, 3), (2, 3), (3, 3)]
    files = [path for path in simulation.rglob("*") if path.is_file()]
    assert len(files) == len([path for path in out.rglob("*") if path.is_file()])
    for path in files:
        if path.name != "provenance.json":  # it has the time in it
            twin = out / path.relative_to(simulation)
            assert path.read_bytes() == twin.read_bytes(), path


def test_the_study_around_an_exam(simulation: Path) -> None:
    rows = load_labels(simulation / "labels.csv").rows
    assert [row.patient_id for row in rows] == [
        "paper11-00000",
        "paper11-00001",
        "paper11-00002",
    ]
    for row in rows:
        source = read_view(simulation / "dicom" / row.patient_id / "LCC.dcm")
        assert source.study_date == row.study_date
        assert source.study_date is not None
        assert date(2020, 6, 1) <= source.study_date <= date(2021, 7, 31)
        assert source.age_years is not None
        assert row.age_years is not None
        assert 0 <= row.age_years - source.age_years <= 1
        assert source.simulated


def test_birth_date_and_age_agree() -> None:
    exam, _ = simulate_exam(POPULATION, 0)
    for index in range(400):
        header = build_header(POPULATION, index, exam)
        day, birth = header.study_datetime.date(), header.birth_date
        assert birth is not None
        before = (day.month, day.day) < (birth.month, birth.day)
        assert day.year - birth.year - before == header.age_years


def test_another_population_has_other_identifiers() -> None:
    exam, _ = simulate_exam(POPULATION, 0)
    others = (
        POPULATION,
        Population("easy", "dilon-6800-gp", 3, 1, 740.0, 11),
        Population("paper", "dilon-6800-gp", 3, 1, 300.0, 11),
        Population("paper", "dilon-6800-gp", 3, 1, 740.0, 12),
    )
    assert len({build_header(other, 0, exam).study_uid for other in others}) == 4
    larger = Population("paper", "dilon-6800-gp", 300, 1, 740.0, 11)
    assert build_header(larger, 0, exam) == build_header(POPULATION, 0, exam)


def test_a_taken_folder_and_no_processes_are_refused(
    simulation: Path, tmp_path: Path
) -> None:
    with pytest.raises(OutputError, match="must not exist yet"):
        simulate_to_folder(POPULATION, simulation)
    with pytest.raises(ValueError, match="processes must be at least 1"):
        simulate_to_folder(POPULATION, tmp_path / "out", processes=0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("processes", [1, 2])
def test_an_interrupted_simulation_leaves_nothing(
    tmp_path: Path, processes: int
) -> None:
    def interrupt(done: int, total: int, text: str) -> None:
        raise KeyboardInterrupt

    population = Population("paper", "dilon-6800-gp", 200, 1, 740.0, 11)
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        simulate_to_folder(
            population, tmp_path / "out", processes=processes, progress=interrupt
        )
    # Checked while the error is still held: nothing may wait for its end.
    assert list(tmp_path.iterdir()) == []
    assert multiprocessing.active_children() == []
    assert time.monotonic() - begin < 120


def test_a_process_that_is_killed_is_one_line(tmp_path: Path) -> None:
    def kill(done: int, total: int, text: str) -> None:
        for process in multiprocessing.active_children():
            process.kill()

    population = Population("paper", "dilon-6800-gp", 200, 1, 740.0, 11)
    with pytest.raises(OutputError, match="was ended from outside, perhaps for lack"):
        simulate_to_folder(population, tmp_path / "out", processes=2, progress=kill)
    assert list(tmp_path.iterdir()) == []
