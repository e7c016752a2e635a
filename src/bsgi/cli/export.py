"""`bsgi export`: a trained network as a bundle that the clinic reads."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bsgi.cli.terminal import Json, show

if TYPE_CHECKING:
    from bsgi.training.export.run import ExportSummary


def export(
    run: Annotated[
        Path, typer.Argument(metavar="RUN", help="Finished RUN, also of a study.")
    ],
    out: Annotated[Path, typer.Option(help="Bundle folder to make.")],
    as_json: Json = False,
) -> None:
    """Write a network, its maps, calibration and thresholds for use without PyTorch.

    One ONNX graph gives scores and heat maps. That it computes what the network does is
    proved before the bundle is written.
    """
    from bsgi.training.export.run import CARD, export_run

    card = None if (run / CARD).exists() else _write_card(run)
    summary = export_run(run, out, card=card)
    show(summary, _describe(summary), as_json=as_json)


def _write_card(run: Path) -> str | None:
    """A model card of what a RUN alone tells; a run of a study has none."""
    import tempfile

    from bsgi.reports.checklists.item import Fact
    from bsgi.reports.checklists.result_facts import tell_results
    from bsgi.reports.checklists.study_facts import tell_made
    from bsgi.reports.model_card import build_card, save_card
    from bsgi.reports.run_folder import load_run

    found = load_run(run)
    facts = {
        **tell_results(found.metrics, {found.metrics.methods[0].method: found.title}),
        **tell_made(found.provenance),
        Fact.MODEL: f"{found.title}: {found.model}.",
    }
    told = {fact: text for fact, text in facts.items() if text}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "card.md"
        save_card(path, build_card(found.title, told))
        return path.read_text(encoding="utf-8")


def _describe(summary: "ExportSummary") -> str:
    """The bundle in a few lines, what it lacks last."""
    parity = summary.parity
    lines = [
        f"bundle: {summary.bundle} ({summary.method})",
        f"equal to PyTorch to {parity.logits:.1e} (logits) and {parity.maps:.1e} (heat "
        "maps, against a backward pass) of the largest value, on "
        f"{parity.exams} simulated images",
    ]
    if not summary.calibrated:
        lines.append("not calibrated: it gives scores and no probabilities")
    if summary.refers_everything:
        lines.append("no thresholds from calibration exams: it refers every exam")
    if summary.simulated:
        lines.append("learned from simulated exams: no claim about patients")
    lines.append("research use only, not a medical device")
    lines.append(f"next: bsgi predict SOURCE --model {summary.bundle} --out RESULTS")
    return "\n".join(lines)
