import subprocess
import sys
from pathlib import Path

from bsgi.reports.style import (
    load_picture,
    new_figure,
    save_picture,
    save_svg,
    style_axes,
)


def draw(path: Path) -> bytes:
    figure = new_figure(2.0, 2.0)
    axes = figure.add_axes((0.2, 0.2, 0.7, 0.7))
    style_axes(axes, "epoch", "loss")
    axes.plot([0, 1], [0, 1], clip_on=True)
    axes.imshow([[0, 1]], interpolation="none")
    save_svg(path, figure)
    return path.read_bytes()


def test_the_same_figure_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = draw(tmp_path / "a.svg"), draw(tmp_path / "b.svg")
    assert first == second
    assert b"dc:date" not in first


def test_a_picture_carries_its_file(tmp_path: Path) -> None:
    draw(tmp_path / "a.svg")
    picture = load_picture(tmp_path / "a.svg", "a line", "A line.")
    assert picture.source.startswith("data:image/svg+xml;base64,PD94")
    assert (picture.alt, picture.caption) == ("a line", "A line.")


def test_reports_never_load_pyplot() -> None:
    code = (
        "import sys, bsgi.reports.run_report\n"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_figure_of_simulated_exams_says_so_itself(tmp_path: Path) -> None:
    for simulated in (True, False):
        figure = new_figure(2.0, 1.0)
        picture = save_picture(
            tmp_path / "a.svg", figure, "A line.", "One.", simulated=simulated
        )
        told = [text.get_text() for text in figure.texts]
        assert told == ["Simulated exams: no claim about patients."] * simulated
        assert picture.alt == " ".join(["A line.", *told])
        assert picture.caption == "One."
