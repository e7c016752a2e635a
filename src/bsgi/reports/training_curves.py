"""Curves of the training exams: a quantity from epoch to epoch, run by run."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bsgi.reports.history import TRAIN, Epoch, group_phases, phase_in_words
from bsgi.reports.style import INK, LINES, new_figure, style_axes
from bsgi.reports.wording import capitalize_first

_MARKED = 60
"""Epochs up to which each is marked by a dot."""


@dataclass(frozen=True, slots=True)
class TrainingGraph:
    """One quantity of one phase, in all runs of a method.

    Args:
        key: Name for a file, such as ``"loss"`` or ``"pre-train-1-loss"``.
        name: Name of the quantity, after its phase and a colon if that is none of the
            last one, such as ``"pre-training 1: mean squared error"``.
        courses: Per run the numbers of its epochs, and a value for each.
        top: Upper end of the axis; None lets the values decide.

    Raises:
        ValueError: If there is no run, or a run has no epochs or another number of
            values.
    """

    key: str
    name: str
    courses: tuple[tuple[tuple[int, ...], tuple[float, ...]], ...]
    top: float | None = None

    def __post_init__(self) -> None:
        if not self.courses:
            raise ValueError("a training curve must have a run, got none.")
        for epochs, values in self.courses:
            if not epochs or len(epochs) != len(values):
                raise ValueError(
                    "a training curve must have one value per epoch, got "
                    f"{len(epochs)} epochs and {len(values)} values."
                )

    def describe(self) -> str:
        """First and last values in words."""
        epochs, values = self.courses[0]
        name = capitalize_first(self.name)
        if len(self.courses) == 1:
            return (
                f"{name} on the training exams, each as its batch was "
                f"met: {values[0]:.3g} in epoch {epochs[0]}, {values[-1]:.3g} in epoch "
                f"{epochs[-1]}."
            )
        lasts = [own[-1] for _, own in self.courses]
        return (
            f"{name} on the training exams, each as its batch was met, "
            f"one line for each of {len(self.courses)} runs: {min(lasts):.3g} to "
            f"{max(lasts):.3g} in the last epoch."
        )


def list_graphs(histories: Sequence[Sequence[Epoch]]) -> tuple[TrainingGraph, ...]:
    """The graphs of a method's training: a loss for each phase, and the accuracy.

    Phases are kept apart, since their losses measure different things: how well an
    image is rebuilt, or how well it is told benign from malignant.

    Args:
        histories: The epochs of each run.
    """
    runs = [group_phases(history) for history in histories]
    phases = list(dict.fromkeys(phase for run in runs for phase in run))
    graphs = []
    for phase in phases:
        found = [run[phase] for run in runs if phase in run]
        losses = tuple(
            (tuple(e.number for e in own), tuple(e.loss for e in own)) for own in found
        )
        slug = "" if phase == TRAIN else f"{phase.replace(' ', '-')}-"
        loss = "cross-entropy loss"
        if phase != TRAIN:
            loss = f"{phase_in_words(phase)}: mean squared error"
        graphs.append(TrainingGraph(f"{slug}loss", loss, losses))
        called = [own for own in found if all(e.accuracy is not None for e in own)]
        if called:
            shares = tuple(
                (tuple(e.number for e in own), tuple(e.accuracy or 0.0 for e in own))
                for own in called
            )
            name = f"{phase_in_words(phase)}: accuracy" if slug else "accuracy"
            graphs.append(TrainingGraph(f"{slug}accuracy", name, shares, top=1.02))
    return tuple(graphs)


def draw_training(graph: TrainingGraph) -> Figure:
    """How a quantity of the training exams changed from epoch to epoch.

    Args:
        graph: What to draw; several runs are thin lines.
    """
    figure = new_figure(4.6, 3.0)
    axes = figure.add_axes((0.145, 0.165, 0.825, 0.75))
    phase, _, quantity = graph.name.rpartition(": ")
    style_axes(axes, "epoch", quantity)
    if phase:
        axes.set_title(phase, fontsize=9, color=INK, loc="right", pad=3)
    alone = len(graph.courses) == 1
    for epochs, values in graph.courses:
        dots = (alone and len(epochs) <= _MARKED) or len(epochs) == 1
        axes.plot(
            epochs, values, color=LINES[0], linewidth=1.8 if alone else 0.9,
            alpha=1.0 if alone else 0.65, marker="o" if dots else None, markersize=3,
        )  # fmt: skip
    highest = max(max(values) for _, values in graph.courses)
    axes.set_ylim(0, graph.top if graph.top is not None else max(highest, 1e-9) * 1.08)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure
