"""A simulated population through DICOM files on disk, and back."""

import hashlib
import json
import multiprocessing
import subprocess
import time
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import numpy as np
import pydicom
import pytest
from scipy.stats import kstest

from bsgi.cohort.store import load_cohort
from bsgi.dicom.read import read_view
from bsgi.errors import ConfigError, OutputError
from bsgi.exam.record import Label, View
from bsgi.files import load_json
from bsgi.intake.folder import import_folder
from bsgi.intake.labels import load_labels
from bsgi.intake.simulated import DAYS, FIRST_DAY, build_header, simulate_to_folder
from bsgi.physics.population.population import Population, fill_population
from bsgi.physics.population.preset import shipped_presets
from bsgi.physics.population.settle import settle_gland
from bsgi.physics.population.woman import describe_woman, draw_woman
from bsgi.physics.simulate import simulate_exam, simulate_study
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
        "exams.jsonl",
        "labels.csv",
        "population.json",
        "preset.json",
        "provenance.json",
    ]
    assert len(list((simulation / "truth").glob("*.npz"))) == 3
    content = load_json(simulation / "population.json")
    content.pop("format_version")
    assert Population(**content) == POPULATION
    assert load_provenance(simulation).seed == 11


def test_the_record_has_all_that_was_drawn_in_order(simulation: Path) -> None:
    lines = (simulation / "exams.jsonl").read_text().splitlines()
    assert len(lines) == 3
    for index, line in enumerate(lines):
        record = json.loads(line)
        woman = settle_gland(draw_woman(POPULATION, index))
        assert record.pop("exam_id") == f"paper11-{index:05d}-1"
        assert (simulation / "truth" / f"{record.pop('study_uid')}.npz").is_file()
        assert record == json.loads(json.dumps(describe_woman(woman)))
        assert record["left"]["uptake"]["gland_ratio"] > 0
    preset = load_json(simulation / "preset.json")
    assert (preset["name"], preset["women_of"]) == ("paper", "paper")
    assert preset["protocol"]["view_s"] == 600.0


@pytest.mark.parametrize("index", [0, 2])
def test_one_exam_made_alone_is_the_same(
    simulation: Path, tmp_path: Path, index: int
) -> None:
    out = tmp_path / "alone"
    summary = simulate_to_folder(POPULATION, out, only=index)
    assert (summary.exams, summary.views) == (1, 4)
    alone = {path.relative_to(out) for path in out.rglob("*") if path.is_file()}
    assert sum(path.suffix == ".dcm" for path in alone) == 4
    for path in alone:
        if path.suffix in {".dcm", ".npz"} or path.stem in {"population", "preset"}:
            assert (out / path).read_bytes() == (simulation / path).read_bytes()
    for table, header in (("labels.csv", 1), ("exams.jsonl", 0)):
        lines = (out / table).read_text().splitlines()
        whole = (simulation / table).read_text().splitlines()
        assert lines == [*whole[:header], whole[header + index]]
    with pytest.raises(ConfigError, match="the exam must be 0 to 2, got 3; numbers"):
        simulate_to_folder(POPULATION, tmp_path / "none", only=3)
    assert not (tmp_path / "none").exists()


def test_dynamic_views_are_written_as_frames(
    simulation: Path, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    protocol = replace(POPULATION.protocol, view_s=150.0, frame_s=60.0)
    out = tmp_path / "dynamic"
    simulate_to_folder(POPULATION, out, protocol=protocol, only=1)
    study = simulate_study(POPULATION, 1, protocol)
    # Another protocol makes another study of the same woman.
    (truth,) = (out / "truth").glob("*.npz")
    assert not (simulation / "truth" / truth.name).exists()
    for name, frames in study.frames.items():
        assert frames.shape[0] == 3
        path = out / "dicom" / study.exam.patient_id / f"{name}.dcm"
        image = pydicom.dcmread(path)
        assert list(image.ImageType)[2] == "DYNAMIC"
        np.testing.assert_array_equal(image.pixel_array, frames[:, 0])
    done = subprocess.run(
        [require_program("dciodvfy"), path], capture_output=True, text=True, check=False
    )
    assert "Error" not in done.stdout + done.stderr


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
    labels = load_labels(simulation / "labels.csv").rows
    days = [str(row.study_date) for row in labels]
    ranks = [1 + sorted(set(days)).index(day) for day in days]
    assert [row.time_order for row in cohort.rows] == ranks == [3, 1, 2]
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


def test_studies_are_spread_over_the_months_whatever_their_label() -> None:
    """So that validation in time has periods, and none of them by its label alone."""
    exam, _ = simulate_exam(POPULATION, 0)
    days = np.array(
        [
            (
                build_header(POPULATION, index, exam).study_datetime.date() - FIRST_DAY
            ).days
            for index in range(400)
        ]
    )
    assert len(set(days.tolist())) > 200
    months = np.bincount(days * 14 // DAYS, minlength=14)
    assert kstest((days + 0.5) / DAYS, "uniform").pvalue > 1e-3
    assert months.min() > 10
    other = replace(exam, label=Label.MALIGNANT)
    for index in range(5):
        first, second = (build_header(POPULATION, index, e) for e in (exam, other))
        assert first.study_datetime == second.study_datetime


def test_another_population_has_other_identifiers() -> None:
    exam, _ = simulate_exam(POPULATION, 0)
    others = (
        POPULATION,
        Population("dilon-gp-740", "dilon-6800-gp", 3, 1, 740.0, 11),
        Population("easy", "dilon-6800-gp", 3, 1, 740.0, 11),
        Population("paper", "dilon-6800-gp", 3, 1, 300.0, 11),
        Population("paper", "dilon-6800-gp", 3, 1, 740.0, 12),
    )
    assert len({build_header(other, 0, exam).study_uid for other in others}) == 5
    shorter = replace(POPULATION.protocol, view_s=300.0)
    assert build_header(POPULATION, 0, exam, shorter) != build_header(
        POPULATION, 0, exam
    )
    larger = Population("paper", "dilon-6800-gp", 300, 1, 740.0, 11)
    assert build_header(larger, 0, exam) == build_header(POPULATION, 0, exam)


@pytest.mark.parametrize(("preset", "index"), [("paper", 76), ("screening", 90)])
def test_an_exam_does_not_depend_on_how_many_are_made(preset: str, index: int) -> None:
    found = []
    for exams in (231, 232, 2000):
        population = fill_population(preset, exams=exams, seed=11)
        exam, truth = simulate_exam(population, index)
        counts = [view.counts.tobytes() for view in exam.views.values()]
        header = build_header(population, index, exam)
        found.append((exam.label, exam.exam_id, truth.lesions, counts, header))
    assert found[0] == found[1] == found[2]
    assert found[0][0] is Label.MALIGNANT


def test_the_name_of_a_file_reaches_no_identifier(tmp_path: Path) -> None:
    exam, _ = simulate_exam(POPULATION, 0)
    headers = []
    for name in ("one.toml", "paper.toml"):
        (tmp_path / name).write_text('extends = "paper"\n[women]\nimplant_share = 0.1')
        mine = replace(POPULATION, preset=str(tmp_path / name))
        headers.append(build_header(mine, 0, exam))
    assert headers[0] == headers[1] != build_header(POPULATION, 0, exam)


def test_the_files_name_and_bytes_are_kept_but_not_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('extends = "paper"\ndose_mbq = 600.0')
    (tmp_path / "below").mkdir()
    found = []
    for place, typed in ((".", "mine.toml"), ("below", "../mine.toml")):
        monkeypatch.chdir(tmp_path / place)
        out = tmp_path / f"out {place}"
        simulate_to_folder(replace(POPULATION, preset=typed), out, only=0)
        found.append((out / "population.json").read_bytes())
        inputs = load_provenance(out).inputs
        assert inputs == {"mine.toml": hashlib.sha256(path.read_bytes()).hexdigest()}
    assert found[0] == found[1]
    assert json.loads(found[0])["preset"] == "mine.toml"


def test_no_cosine_is_minus_zero(tmp_path: Path) -> None:
    simulate_to_folder(fill_population("nm750b-150", seed=11), tmp_path / "out", only=0)
    for path in (tmp_path / "out").rglob("*.dcm"):
        for head in pydicom.dcmread(path).DetectorInformationSequence:
            assert "-0" not in [str(each) for each in head.ImageOrientationPatient]


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


@pytest.mark.parametrize("preset", shipped_presets())
def test_any_seed_gives_accession_numbers_of_its_own(preset: str) -> None:
    exam, _ = simulate_exam(POPULATION, 0)
    found = set()
    for seed in (1, 99, 2**63 - 1):
        population = fill_population(preset, seed=seed)
        for index in (0, 1):
            patient_id = f"{population.women_of}{seed}-{index:05d}"
            mine = replace(exam, patient_id=patient_id)
            found.add(build_header(population, index, mine).accession)
    assert len(found) == 6
