"""The picture of the README: two exams of a RUN beside where its network looked.

    make demo
    .venv/bin/python runs/overview.py demo/run demo/cohort

Takes the malignant test exam of the highest score and the benign one of the lowest,
among those with a heat map; so it shows the network at its best, as a picture of what
the program does and not of how well it does it.
"""

import argparse
import io
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from bsgi.cohort.store import load_cohort
from bsgi.exam.record import Label
from bsgi.files import new_file
from bsgi.reports.heat_maps import draw_heat_maps, shared_top
from bsgi.reports.results import select_rows
from bsgi.reports.run_folder import find_heat_maps, load_heat_map, load_run

DPI = 130
GAP_PIXELS = 36


def main() -> None:
    """Draw the picture and write it as PNG."""
    parser = argparse.ArgumentParser(description="Draw the picture of the README.")
    parser.add_argument("run", type=Path)
    parser.add_argument("cohort", type=Path)
    parser.add_argument("--out", type=Path, default=Path("docs/images/overview.png"))
    chosen = parser.parse_args()
    run, cohort = load_run(chosen.run), load_cohort(chosen.cohort)
    maps = {
        key: load_heat_map(path)
        for key, path in find_heat_maps(chosen.run / "maps").items()
    }
    tested = select_rows(run.metrics.methods[0], run.predictions)
    rows = [row for row in tested if row.exam_id in maps]
    best = [
        max((row for row in rows if row.label == 1), key=lambda row: row.score),
        min((row for row in rows if row.label == 0), key=lambda row: row.score),
    ]
    top = shared_top([maps[row.exam_id] for row in best])
    pictures = []
    for row in best:
        exam = cohort.load_exam(row.exam_id)
        truth = cohort.load_truth(row.exam_id)
        figures = draw_heat_maps(exam, truth, maps[row.exam_id], run.settings, top)
        label = "malignant" if exam.label is Label.MALIGNANT else "benign"
        figures.seen.suptitle(f"simulated, {label}", y=1.05)
        figures.malignant.suptitle(f"score {row.score:.2f}", y=1.05)
        pictures += [_rasterize(figures.seen), _rasterize(figures.malignant)]
    with new_file(chosen.out) as partial:
        _join(pictures).save(partial, format="PNG", optimize=True)


def _rasterize(figure: Figure) -> Image.Image:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=DPI, bbox_inches="tight")
    return Image.open(stream).convert("RGB")


def _join(pictures: list[Image.Image]) -> Image.Image:
    height = max(picture.height for picture in pictures)
    width = sum(picture.width + GAP_PIXELS for picture in pictures) - GAP_PIXELS
    page = Image.new("RGB", (width, height), "white")
    left = 0
    for picture in pictures:
        page.paste(picture, (left, 0))
        left += picture.width + GAP_PIXELS
    return page


if __name__ == "__main__":
    main()
