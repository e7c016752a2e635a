"""A simulated population to the files that a hospital would have.

DICOM files, a table of labels, and, apart from them, the truth of each study and all
that was drawn for it.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import numpy as np

from bsgi.cohort.arrays import save_truth
from bsgi.cohort.writer import explain_disk_errors
from bsgi.dicom.codes import make_uid
from bsgi.dicom.header import StudyHeader
from bsgi.dicom.write import write_view
from bsgi.errors import ConfigError
from bsgi.exam.record import Exam, Label
from bsgi.files import new_folder, save_csv, save_json, save_text
from bsgi.intake.collect import Progress
from bsgi.intake.labels import OPTIONAL, REQUIRED
from bsgi.intake.processes import map_in_order
from bsgi.physics.acquisition.protocol import Protocol
from bsgi.physics.population.population import Population
from bsgi.physics.population.preset import find_preset, is_file
from bsgi.physics.population.settle import settle_gland
from bsgi.physics.population.woman import describe_woman, draw_woman
from bsgi.physics.simulate import simulate_study
from bsgi.provenance import describe, save_provenance

FIRST_DAY: Final = date(2020, 6, 1)
"""First day of the studies; they end in July 2021, as those of Yu et al. 2023."""

DAYS: Final = (date(2021, 7, 31) - FIRST_DAY).days + 1
OPENING: Final = time(8)
MINUTES_OPEN: Final = 8 * 60
INJECTION_DELAY: Final = timedelta(minutes=10)
"""From the begin of the study to the injection."""

LONGEST_ACCESSION: Final = 16
"""Characters of an accession number (DICOM PS3.5, value representation SH)."""

COLUMNS: Final = (*REQUIRED, *OPTIONAL)
"""Columns of labels.csv."""


@dataclass(frozen=True, slots=True)
class SimulationSummary:
    """What a simulation wrote.

    Args:
        folder: The folder that was made.
        exams: Exams in it.
        malignant: Malignant exams among them.
        views: DICOM files in it.
    """

    folder: Path
    exams: int
    malignant: int
    views: int


@dataclass(frozen=True, slots=True)
class _Written:
    """One exam that is on the disk: its number, files and lines of both tables."""

    index: int
    views: int
    malignant: bool
    row: tuple[str, ...]
    record: str


@dataclass(frozen=True, slots=True)
class _Task:
    """What every exam of a simulation has in common."""

    population: Population
    protocol: Protocol
    folder: Path


def simulate_to_folder(
    population: Population,
    out: Path,
    *,
    processes: int = 1,
    progress: Progress | None = None,
    protocol: Protocol | None = None,
    only: int | None = None,
) -> SimulationSummary:
    """Simulate a population as DICOM files, a table of labels and truth.

    The files depend on the population and the protocol only, not on the number of
    processes; dates and identifiers follow from the seed. ``exams.jsonl`` holds, line
    by line, everything that was drawn for each exam.

    Args:
        population: What to simulate.
        out: The folder to make; it must not exist, or be empty.
        processes: How many exams are made at the same time.
        progress: Called after every exam.
        protocol: How views are taken; None takes the preset's way.
        only: Number of the one exam to make, which is the same as among all; None makes
            all.

    Returns:
        What was written.

    Raises:
        ConfigError: If the population has no exam of that number.
        OutputError: If `out` is taken or cannot be written.
        ValueError: If there are no processes.
    """
    if processes < 1:
        raise ValueError(f"processes must be at least 1, got {processes}.")
    indices = _choose(population, only)
    inputs = _find_inputs(population)
    provenance = describe("bsgi simulate", seed=population.seed, inputs=inputs)
    with explain_disk_errors(out), new_folder(out) as place:
        (place / "truth").mkdir()
        task = _Task(population, protocol or population.protocol, place)
        done = []
        # Closed before the folder is removed: no process may go on writing into it.
        write, many = partial(_write_exam, task), min(processes, len(indices))
        with closing(map_in_order(write, indices, many, "simulation")) as exams:
            for written in exams:
                done.append(written)
                if progress is not None:
                    progress(len(done), len(indices), f"{len(done)} exams")
        done.sort(key=lambda written: written.index)
        save_csv(place / "labels.csv", COLUMNS, [written.row for written in done])
        save_text(place / "exams.jsonl", "".join(each.record for each in done))
        save_json(place / "population.json", _describe_population(population))
        save_json(place / "preset.json", _describe_preset(task))
        save_provenance(place, provenance)
    return SimulationSummary(
        folder=out,
        exams=len(done),
        malignant=sum(written.malignant for written in done),
        views=sum(written.views for written in done),
    )


def _find_inputs(population: Population) -> dict[str, Path]:
    """The preset's file by its name; none for a preset of ours."""
    if not is_file(population.preset):
        return {}
    return {find_preset(population.preset).name: Path(population.preset)}


def _choose(population: Population, only: int | None) -> Sequence[int]:
    """Numbers of the exams to make."""
    if only is None:
        return range(population.exams)
    if not 0 <= only < population.exams:
        raise ConfigError(
            f"the exam must be 0 to {population.exams - 1}, got {only}; numbers begin "
            "at 0."
        )
    return [only]


def _describe_population(population: Population) -> dict[str, Any]:
    """The population; its preset by name, as where a file lies changes nothing."""
    return {**asdict(population), "preset": find_preset(population.preset).name}


def _describe_preset(task: _Task) -> dict[str, Any]:
    """The preset in full, with the protocol that was used."""
    preset = asdict(find_preset(task.population.preset))
    preset["protocol"] = asdict(task.protocol)
    return preset


def _write_exam(task: _Task, index: int) -> _Written:
    """Simulate one exam and write its files."""
    study = simulate_study(task.population, index, task.protocol)
    exam = study.exam
    header = build_header(task.population, index, exam, task.protocol)
    dynamic = task.protocol.frame_s is not None
    for name, view in exam.views.items():
        write_view(
            task.folder / "dicom" / exam.patient_id / f"{name}.dcm",
            view,
            header,
            frames=study.frames[name] if dynamic else None,
            frame_s=study.frame_s[name] if dynamic else (),
        )
    save_truth(task.folder / "truth" / f"{header.study_uid}.npz", study.truth)
    woman = settle_gland(draw_woman(task.population, index))
    record = {
        "exam_id": exam.exam_id,
        "study_uid": header.study_uid,
        **describe_woman(woman),
    }
    age = "" if exam.age_years is None else f"{exam.age_years:.1f}"
    return _Written(
        index=index,
        views=len(exam.views),
        malignant=exam.label is Label.MALIGNANT,
        row=(
            exam.patient_id,
            str(exam.label),
            header.study_datetime.date().isoformat(),
            str(exam.label_left),
            str(exam.label_right),
            age,
            exam.site,
        ),
        record=json.dumps(record, allow_nan=False) + "\n",
    )


def build_header(
    population: Population,
    index: int,
    exam: Exam,
    protocol: Protocol | None = None,
) -> StudyHeader:
    """The study around a simulated exam: a name, dates and identifiers.

    Args:
        population: The population it belongs to.
        index: Its number there.
        exam: The exam.
        protocol: How its views were taken; None for the preset's way.

    Returns:
        A header that is the same for the same population and number.
    """
    # The exam's own streams of randomness are spawned from the seed in another way.
    rng = np.random.default_rng([population.seed, index, 0x5354_5544])
    begin = datetime.combine(
        FIRST_DAY + timedelta(days=int(rng.integers(DAYS))), OPENING
    ) + timedelta(minutes=int(rng.integers(MINUTES_OPEN)))
    study_uid = make_uid(
        "simulated",
        population.seed,
        # What a preset says counts, and not what its file is called.
        replace(find_preset(population.preset), name=""),
        protocol or population.protocol,
        population.camera,
        population.dose_mbq,
        index,
        exam.label,
    )
    age_years = exam.age_years
    return StudyHeader(
        patient_id=exam.patient_id,
        patient_name=f"SIMULATED^{index:05d}",
        study_datetime=begin,
        study_uid=study_uid,
        series_uid=make_uid(study_uid, "series"),
        camera=exam.camera,
        birth_date=None if age_years is None else _find_birth(begin.date(), age_years),
        age_years=None if age_years is None else int(age_years),
        injection_datetime=begin + INJECTION_DELAY,
        dose_mbq=exam.dose_mbq,
        accession=_shorten(exam.patient_id),
        software=f"bsgi {metadata.version('bsgi')}",
        simulated=True,
    )


def _shorten(patient_id: str) -> str:
    """An accession number for a patient: her identifier, or what stands for it."""
    if len(patient_id) <= LONGEST_ACCESSION:
        return patient_id
    digest = hashlib.sha256(patient_id.encode()).hexdigest()
    return digest[:LONGEST_ACCESSION]


def _find_birth(day: date, age_years: float) -> date:
    """A birth date that gives an age on a day."""
    years = int(age_years)
    # 29 February is no day of most years; the 28th serves as well.
    birthday = day.replace(year=day.year - years, day=min(day.day, 28))
    return birthday - timedelta(days=int((age_years - years) * 330))
