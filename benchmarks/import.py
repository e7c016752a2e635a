"""How fast an archive is imported, against a plain loop, and how much memory it takes.

    python benchmarks/import.py                    400 simulated exams, one process
    python benchmarks/import.py --processes 2      as many processes for all
    python benchmarks/import.py --memory 20000     peak memory over so many files
    python benchmarks/import.py --source DIR       files of your own

The plain loop reads and decodes each file with pydicom, takes the attributes of
docs/reference/dicom.md, and writes the same NPZ files; the bare loop only reads and
decodes. All three take the same files in turn, in fresh processes; start of further
processes is counted for all. Exit status 1 if the import runs at less than 0.7 times
the rate of the plain loop, or if its memory grows with the number of files.
"""

import argparse
import json
import multiprocessing
import resource
import statistics
import struct
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset

from bsgi.dicom.header import StudyHeader
from bsgi.dicom.write import write_view
from bsgi.exam.record import View, ViewName
from bsgi.intake.folder import import_folder
from bsgi.intake.rules import ImportRules
from bsgi.intake.simulated import simulate_to_folder
from bsgi.physics.population.population import Population

RATIO_BOUND = 0.7
MEMORY_GROWTH_BOUND = 1.25  # peak after all files over that after the first quarter
CHUNK = 32
ATTRIBUTES = (
    "SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID",
    "Modality", "ImageType", "BurnedInAnnotation", "BodyPartExamined", "PatientID",
    "PatientName", "PatientBirthDate", "PatientAge", "StudyDate", "AcquisitionDate",
    "AcquisitionTime", "AcquisitionDateTime", "ContentDate", "ContentTime",
    "Manufacturer", "ManufacturerModelName", "ImageLaterality", "Laterality",
    "ViewPosition", "SeriesDescription", "ProtocolName", "ImageID",
    "PatientOrientation", "NumberOfFrames", "FrameIncrementPointer", "DetectorVector",
    "EnergyWindowVector", "PixelSpacing", "ActualFrameDuration", "RescaleSlope",
    "RescaleIntercept", "LossyImageCompression", "CountsAccumulated",
    "AcquisitionTerminationCondition", "Rows", "Columns", "BitsAllocated", "BitsStored",
    "HighBit", "PixelRepresentation", "SamplesPerPixel", "PhotometricInterpretation",
)  # fmt: skip
SEQUENCES = {
    "DetectorInformationSequence": ("ImageOrientationPatient", "ViewCodeSequence"),
    "EnergyWindowInformationSequence": ("EnergyWindowRangeSequence",),
    "RadiopharmaceuticalInformationSequence": (
        "RadionuclideCodeSequence", "RadionuclideTotalDose",
        "RadiopharmaceuticalStartTime", "RadiopharmaceuticalStartDateTime",
    ),
    "AnatomicRegionSequence": ("CodeValue", "AnatomicRegionModifierSequence"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and quartiles of repeated measurements."""

    median: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class RateResult:
    """What was measured of the rates.

    Args:
        files: Files of one run.
        processes: How many files are read at the same time.
        rates: Files per second of the import, the plain loop and the bare loop.
        against_plain: Rate of the import over that of the plain loop of its turn.
        against_bare: The same over the bare loop.
        processor_against_plain: Processor time of the plain loop over the import's,
            which other programs on the machine disturb less.
    """

    files: int
    processes: int
    rates: dict[str, Spread]
    against_plain: Spread
    against_bare: Spread
    processor_against_plain: Spread


@dataclass(frozen=True, slots=True)
class MemoryResult:
    """Peak resident memory of an import while it goes on, in MB by number of files."""

    peak_mb: dict[int, float]
    finished_mb: float

    @property
    def growth(self) -> float:
        """The peak when all is done over that after the first quarter."""
        return self.finished_mb / next(iter(self.peak_mb.values()))


def main() -> int:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exams", type=int, default=400, help="exams to simulate")
    parser.add_argument("--repeats", type=int, default=5, help="turns of each")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--source", type=Path, help="folder with files, and labels.csv")
    parser.add_argument("--memory", type=int, default=0, metavar="FILES")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    if options.repeats < 2 or options.processes < 1 or options.memory % 16:
        parser.error("--repeats must be at least 2, --memory a multiple of 16.")
    with tempfile.TemporaryDirectory(prefix="bsgi-import-") as folder:
        if options.memory:
            return report_memory(measure_memory(Path(folder), options.memory), options)
        source = options.source or simulate(Path(folder) / "exams", options.exams)
        result = measure_rates(source, Path(folder), options.repeats, options.processes)
    return report_rates(result, options)


def simulate(out: Path, exams: int) -> Path:
    """The files of simulated exams of the paper's women."""
    malignant = exams * 87 // 231
    population = Population("paper", "dilon-6800-gp", exams, malignant, 740.0, 1)
    simulate_to_folder(population, out, processes=2)
    return out


def measure_rates(
    source: Path, folder: Path, repeats: int, processes: int
) -> RateResult:
    """The three in turn, each with files that were read once before."""
    files = sorted((source / "dicom").rglob("*.dcm"))
    seconds: dict[str, list[float]] = defaultdict(list)
    processors: dict[str, list[float]] = defaultdict(list)
    runs: dict[str, Callable[[Path], None]] = {
        "bare": partial(run_bare, files, processes),
        "plain": partial(run_plain, files, processes),
        "import": partial(run_import, source, processes),
    }
    for repeat in range(-1, repeats):
        for name, run in runs.items():
            out = folder / f"{name}-{repeat}"
            taken, processor = time_apart(run, out)
            if repeat >= 0:  # the first turn warms the disk's cache
                seconds[name].append(taken)
                processors[name].append(processor)
    rates = {
        name: summarize([len(files) / each for each in times])
        for name, times in seconds.items()
    }
    return RateResult(
        len(files), processes, rates, divide(seconds["plain"], seconds["import"]),
        divide(seconds["bare"], seconds["import"]),
        divide(processors["plain"], processors["import"]),
    )  # fmt: skip


def divide(others: list[float], own: list[float]) -> Spread:
    """The ratios of each turn."""
    return summarize([other / mine for other, mine in zip(others, own, strict=True)])


def time_apart(run: Callable[[Path], None], out: Path) -> tuple[float, float]:
    """Seconds, and those of processors, that something takes in a fresh process.

    The start of that process is not counted, that of the ones which it starts is.
    """
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe()
    process = fork.Process(target=_time_here, args=(there, run, out))
    process.start()
    there.close()
    try:
        seconds, processor = here.recv()
        return seconds, processor
    finally:
        process.join()


def _time_here(pipe: Connection, run: Callable[[Path], None], out: Path) -> None:
    begun, spent = time.perf_counter(), read_processor_s()
    run(out)
    pipe.send((time.perf_counter() - begun, read_processor_s() - spent))


def read_processor_s() -> float:
    """Processor time of this process and of the ended ones that it started."""
    whole = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(who)
        whole += used.ru_utime + used.ru_stime
    return whole


def run_import(source: Path, processes: int, out: Path) -> None:
    """The import as a user has it, labels and tables included."""
    import_folder(
        source / "dicom", source / "labels.csv", out,
        rules=ImportRules(processes=processes),
    )  # fmt: skip


def run_bare(files: list[Path], processes: int, out: Path) -> None:
    """Read and decode, nothing else."""
    _ = out
    for _ in _map(read_pixels, files, processes):
        pass


def run_plain(files: list[Path], processes: int, out: Path) -> None:
    """Read, decode, take the attributes, and write one NPZ file per exam."""
    out.mkdir()
    exams: dict[tuple[str, str], list[tuple[dict[str, Any], np.ndarray]]]
    exams = defaultdict(list)
    for said, counts in _map(read_plainly, files, processes):
        exams[said["PatientID"], said["StudyInstanceUID"]].append((said, counts))
    for number, views in enumerate(exams.values()):
        meta = {said["ImageID"]: said for said, _ in views}
        arrays = {said["ImageID"]: counts for said, counts in views}
        with (out / f"{number:05}.npz").open("wb") as stream:
            np.savez(
                stream, allow_pickle=False, meta=np.array(json.dumps(meta)), **arrays
            )


def _map(
    work: Callable[[Path], Any], files: list[Path], processes: int
) -> Iterator[Any]:
    if processes == 1:
        return map(work, files)
    return _map_apart(work, files, processes)


def _map_apart(
    work: Callable[[Path], Any], files: list[Path], processes: int
) -> Iterator[Any]:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawn) as pool:
        yield from pool.map(work, files, chunksize=CHUNK)


def read_pixels(path: Path) -> np.ndarray:
    """The decoded pixels of a file."""
    return np.asarray(dcmread(path).pixel_array)


def read_plainly(path: Path) -> tuple[dict[str, Any], np.ndarray]:
    """The attributes of the conformance statement, and the counts by head."""
    dataset = dcmread(path)
    said = take(dataset, ATTRIBUTES)
    for sequence, keywords in SEQUENCES.items():
        said[sequence] = [take(each, keywords) for each in dataset.get(sequence) or []]
    pixels = np.asarray(dataset.pixel_array)
    return said, pixels.reshape(-1, dataset.Rows, dataset.Columns)


def take(dataset: Dataset, keywords: tuple[str, ...]) -> dict[str, Any]:
    """Attributes as texts; items of sequences as texts of their codes."""
    taken = {}
    for keyword in keywords:
        value = dataset.get(keyword)
        if keyword.endswith("Sequence"):
            value = [
                (each.get("CodeValue"), each.get("CodingSchemeDesignator"))
                for each in value or []
            ]
        taken[keyword] = str(value)
    return taken


def measure_memory(folder: Path, files: int) -> MemoryResult:
    """Peak memory of the import of many small files, a quarter at a time."""
    source = folder / "many"
    make_many(source, files)
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_watch_memory, args=(there, source, folder / "out"))
    process.start()
    there.close()
    peak_mb: dict[int, float]
    try:
        peak_mb, finished_mb = here.recv()
    finally:
        process.join()
    return MemoryResult(peak_mb, finished_mb)


def _watch_memory(pipe: Connection, source: Path, out: Path) -> None:
    peak_mb: dict[int, float] = {}

    def watch(done: int, total: int, doing: str) -> None:
        _ = doing
        if total and done in {total // 4, total // 2, total}:
            peak_mb.setdefault(done, read_peak_mb())

    import_folder(source / "dicom", source / "labels.csv", out, progress=watch)
    pipe.send((peak_mb, read_peak_mb()))


def read_peak_mb() -> float:
    """The largest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def make_many(source: Path, files: int) -> None:
    """Small exams of four views: one study written well, the others by its bytes."""
    patterns = {name: _make_pattern(source, name) for name in ViewName}
    labels = ["patient_id,label"]
    for number in range(files // 4):
        patient_id = f"P{number:07}"
        folder = source / "dicom" / patient_id
        folder.mkdir(parents=True)
        labels.append(f"{patient_id},{number % 2}")
        for name, content in patterns.items():
            mine = content.replace(b"P9999999", patient_id.encode())
            mine = mine.replace(b".99999999", f".1{number:07}".encode())
            # Two views of one study with the same counts would be refused.
            place = list(ViewName).index(name) + 1
            mine = mine[:-8] + struct.pack("<4H", number % 997, number // 997, place, 1)
            (folder / f"{name}.dcm").write_bytes(mine)
    (source / "labels.csv").write_text("\n".join(labels) + "\n", encoding="utf-8")


def _make_pattern(source: Path, name: ViewName) -> bytes:
    """A view whose identifiers are easy to replace."""
    place = list(ViewName).index(name) + 1
    counts = np.full((1, 24, 16), 100, np.uint16)
    half = np.s_[:, :, 12:] if name.startswith("L") else np.s_[:, :, :4]
    counts[half] = 1
    view = View(
        name=name, counts=counts, spacing_mm=(3.2, 3.2), duration_s=600.0,
        start_s=600.0 * place, energy_window_kev=(126.0, 154.0),
        source_uid=f"2.25.{place}.99999999",
    )  # fmt: skip
    begin = datetime(2021, 1, 1, 9)
    header = StudyHeader(
        patient_id="P9999999", patient_name="N^P9999999", study_datetime=begin,
        study_uid="2.25.7.99999999", series_uid="2.25.8.99999999", camera="camera",
        manufacturer="maker", age_years=50, injection_datetime=begin, dose_mbq=740.0,
    )  # fmt: skip
    path = source / "pattern.dcm"
    write_view(path, view, header)
    content = path.read_bytes()
    path.unlink()
    return content


def summarize(values: list[float]) -> Spread:
    """Median and quartiles."""
    lower, median, upper = statistics.quantiles(values, n=4)
    return Spread(median, lower, upper)


def report_rates(result: RateResult, options: argparse.Namespace) -> int:
    """Print the rates; the exit status."""
    missed = result.against_plain.median < RATIO_BOUND
    if options.json:
        print(json.dumps({**asdict(result), "missed": missed}, indent=2))
        return int(missed)
    print(f"{result.files} files, {result.processes} processes: files per second")
    for name, each in result.rates.items():
        print(f"  {name:8}{each.median:8.1f} ({each.lower:.1f}-{each.upper:.1f})")
    for name, each in (("plain", result.against_plain), ("bare", result.against_bare)):
        print(f"import / {name}: {each.median:.2f} ({each.lower:.2f}-{each.upper:.2f})")
    each = result.processor_against_plain
    print(
        f"the same by processor time, import / plain: {each.median:.2f} "
        f"({each.lower:.2f}-{each.upper:.2f})"
    )
    print(f"MISSED: at least {RATIO_BOUND}" if missed else "the bound is met")
    return int(missed)


def report_memory(result: MemoryResult, options: argparse.Namespace) -> int:
    """Print the memory; the exit status."""
    missed = result.growth > MEMORY_GROWTH_BOUND
    if options.json:
        said = {**asdict(result), "growth": result.growth, "missed": missed}
        print(json.dumps(said, indent=2))
        return int(missed)
    for files, peak_mb in result.peak_mb.items():
        print(f"peak after {files:6} files  {peak_mb:6.0f} MB")
    print(f"peak at the end          {result.finished_mb:6.0f} MB")
    print(f"the end over the first quarter: {result.growth:.2f}")
    print(f"MISSED: at most {MEMORY_GROWTH_BOUND}" if missed else "the bound is met")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
