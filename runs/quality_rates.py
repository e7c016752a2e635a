"""How often the checks of quality doubt simulated views that have no fault.

    .venv/bin/python runs/quality_rates.py --exams 60

All cameras and three presets. Counts below the guideline's minimum are no false alarm
and stand in a column of their own. Then the shifts that are measured between the thirds
of dynamic views in which nobody moved, how far the chest wall's side of the breast is
fuller than any other, and the time that an exam takes. Some ten minutes, or two for
one `--camera`.
"""

import argparse
import time
from collections import Counter
from collections.abc import Sequence

import numpy as np

from bsgi.exam.quality.assess import assess_exam
from bsgi.exam.quality.chest_wall import fill_of_sides
from bsgi.exam.quality.look import take_look
from bsgi.exam.quality.motion import LIMIT_MM, measure_shift_mm
from bsgi.exam.record import Exam, ViewName
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.population.population import Population, fill_population
from bsgi.physics.simulate import simulate_exam, simulate_study

PRESETS = ("paper", "hard", "screening")
NO_ALARM = ("low-counts",)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="False alarms of the quality checks.")
    parser.add_argument("--exams", type=int, default=60, help="per preset and camera")
    parser.add_argument("--dynamic", type=int, default=12, help="exams per camera")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--camera", action="append", choices=sorted(CAMERAS))
    chosen = parser.parse_args()
    cameras = chosen.camera or list(CAMERAS)
    print("| camera | views | few counts | false alarms | which | ms per exam |")
    print("|---|---|---|---|---|---|")
    margins: list[float] = []
    for camera in cameras:
        exams = [
            simulate_exam(_population(preset, camera, chosen.exams, chosen.seed), n)[0]
            for preset in PRESETS
            for n in range(chosen.exams)
        ]
        print(describe(camera, exams))
        margins += [margin for exam in exams for margin in measure_margins(exam)]
    print(
        f"\nThe chest wall's side of {len(margins):,} breasts is fuller than any other "
        f"by {min(margins):.2f} or more, median {np.median(margins):.2f}.\n"
    )
    print(
        "| camera | dynamic views | measured shift without motion: median | greatest |"
    )
    print("|---|---|---|---|")
    for camera in cameras:
        shifts = [
            shift
            for n in range(chosen.dynamic)
            for shift in measure_still(
                _population("paper", camera, chosen.dynamic, chosen.seed), n
            )
        ]
        print(
            f"| {camera} | {len(shifts)} | {np.median(shifts):.2f} mm | "
            f"{max(shifts):.2f} mm |"
        )
    print(f"\nMotion is told from {LIMIT_MM} mm on.")


def _population(preset: str, camera: str, exams: int, seed: int) -> Population:
    """Women at the dose that is usual for a camera."""
    dose_mbq = 740.0 if camera.startswith("dilon") else 300.0
    return fill_population(
        preset, camera=camera, exams=exams, seed=seed, dose_mbq=dose_mbq
    )


def describe(camera: str, exams: Sequence[Exam]) -> str:
    """A line of the table of false alarms.

    Args:
        camera: Name of the camera.
        exams: Exams without a fault.
    """
    # Time of this process alone: others may be at work beside it.
    begun = time.process_time()
    found = [finding for exam in exams for finding in assess_exam(exam)]
    ms = (time.process_time() - begun) / len(exams) * 1000
    checks = Counter(finding.check for finding in found)
    views = sum(len(exam.views) for exam in exams)
    alarms = {name: n for name, n in checks.items() if name not in NO_ALARM}
    low = checks["low-counts"] / views
    which = ", ".join(f"{name} {number}" for name, number in alarms.items()) or "none"
    share = sum(alarms.values()) / views
    return f"| {camera} | {views} | {low:.0%} | {share:.2%} | {which} | {ms:.1f} |"


def measure_margins(exam: Exam) -> list[float]:
    """By how much the side of the chest wall is fuller than any other, view by view.

    Args:
        exam: An exam without a fault.
    """
    margins = []
    for view in exam.views.values():
        wall, *others = fill_of_sides(take_look(view).breast)
        margins.append(wall - max(others))
    return margins


def measure_still(population: Population, number: int) -> list[float]:
    """The greatest shift between thirds of each dynamic view of a woman who lay still.

    Args:
        population: Where she comes from.
        number: Her number.
    """
    study = simulate_study(population, number, population.change_protocol(frame_s=30.0))
    shifts = []
    for name in ViewName:
        if name not in study.frames:
            continue
        frames = study.frames[name][:, 0].astype(np.int64)
        thirds = [part.sum(axis=0) for part in np.array_split(frames, 3)]
        spacing_mm = study.exam.views[name].spacing_mm
        shifts.append(
            max(
                measure_shift_mm(thirds[first], thirds[second], spacing_mm)
                for first, second in ((0, 1), (0, 2), (1, 2))
            )
        )
    return shifts


if __name__ == "__main__":
    main()
