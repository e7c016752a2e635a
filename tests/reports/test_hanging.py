import io

import numpy as np
import pytest
from jaxtyping import Float
from matplotlib import image
from matplotlib.figure import Figure

from bsgi.exam.record import ViewName
from bsgi.reports.hanging import HANGING, Overlay, Panel, draw_hanging


def paint(figure: Figure) -> Float[np.ndarray, "row col colour"]:
    """The figure as pixels, red, green and blue from 0 to 1."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=100)
    stream.seek(0)
    return np.asarray(image.imread(stream), dtype=float)[..., :3]


def make_panel(row: int, col: int) -> Panel:
    """One dark pixel of 6 x 4, of 40 mm each."""
    pixels = np.zeros((6, 4))
    pixels[row, col] = 1.0
    return Panel(pixels, (240.0, 160.0))


def find_dark(figure: Figure) -> set[tuple[int, int]]:
    """Which cells of the 12 x 8 that four views make are black in their middle."""
    pixels = paint(figure)
    height = 2 * 1.585 * 1.5 + 0.03
    dark = set()
    for row in range(12):
        for col in range(8):
            y = int((row + 0.5) / 12 * height * 100)
            x = int((col + 0.5) / 8 * 320)
            if pixels[y, x].max() < 0.1:
                dark.add((row, col))
    return dark


@pytest.mark.parametrize(
    ("view", "cell"),
    [
        (ViewName.RCC, (1, 2)),
        (ViewName.LCC, (1, 5)),
        (ViewName.RMLO, (7, 2)),
        (ViewName.LMLO, (7, 5)),
    ],
)
def test_chest_walls_stand_together_in_the_middle(
    view: ViewName, cell: tuple[int, int]
) -> None:
    """A pixel one from the chest wall and one from the top lands as on a light box."""
    figure = draw_hanging({view: make_panel(1, 1)}, top=1.0, name="counts")
    assert find_dark(figure) == {cell}


def test_all_four_places_are_there() -> None:
    assert HANGING == (
        (ViewName.RCC, ViewName.LCC),
        (ViewName.RMLO, ViewName.LMLO),
    )


def test_a_missing_view_is_named_as_missing() -> None:
    figure = draw_hanging({ViewName.LCC: make_panel(0, 0)}, top=1.0, name="counts")
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert texts.count("not acquired") == 3


def test_no_evidence_is_no_colour() -> None:
    panels = {view: make_panel(2, 2) for view in ViewName}
    nothing = Overlay(np.zeros((3, 2)), 0.5, "evidence")
    pixels = paint(draw_hanging(panels, top=1.0, name="uptake", overlay=nothing))
    views = pixels[:470]
    assert np.ptp(views, axis=2).max() < 0.13  # ink and greys are a little blue
    some = Overlay(np.full((3, 2), 0.4), 0.5, "evidence")
    pixels = paint(draw_hanging(panels, top=1.0, name="uptake", overlay=some))
    assert np.median(np.ptp(pixels[:470], axis=2)) > 0.4


def test_the_outline_is_drawn_where_the_lesion_is() -> None:
    outline = np.zeros((60, 40))
    outline[20:30, 10:20] = 1.0  # 80 to 120 mm from the top, 40 to 80 from the wall
    panel = Panel(np.zeros((6, 4)), (240.0, 160.0), outline)
    pixels = paint(draw_hanging({ViewName.RCC: panel}, top=1.0, name="counts"))
    blue = pixels[..., 2] - pixels[..., 0] > 0.5
    rows, cols = np.nonzero(blue)
    millimetre = 158.5 / 160.0
    assert rows.min() == pytest.approx(80 * millimetre, abs=3)
    assert rows.max() == pytest.approx(120 * millimetre, abs=3)
    assert cols.min() == pytest.approx(158.5 - 80 * millimetre, abs=3)
    assert cols.max() == pytest.approx(158.5 - 40 * millimetre, abs=3)


def test_a_hanging_without_views_is_refused() -> None:
    with pytest.raises(ValueError, match="must have at least one view"):
        draw_hanging({}, top=1.0, name="counts")


def test_blank_views_and_empty_scales_are_drawn() -> None:
    panels = {ViewName.LCC: Panel(np.zeros((6, 4)), (240.0, 160.0))}
    overlay = Overlay(np.zeros((3, 2)), 0.0, "evidence")
    assert paint(draw_hanging(panels, top=0.0, name="counts", overlay=overlay)).size
