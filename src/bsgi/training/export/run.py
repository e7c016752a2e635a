"""`export_run`: the bundle of a finished RUN; no cohort is needed."""

import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from bsgi.errors import RunError
from bsgi.evaluation.calibration.calibrator import load_calibration
from bsgi.evaluation.fixed import (
    FixedThresholds,
    fix_thresholds,
    load_operating_points,
    save_operating_points,
)
from bsgi.evaluation.metrics_json import load_metrics
from bsgi.files import check_vacant, load_json, new_folder, save_bytes, save_json
from bsgi.provenance import describe, save_provenance
from bsgi.runtime.bundle import Bundle, BundleFacts, Parity, load_bundle
from bsgi.runtime.folder import (
    CALIBRATION,
    FACTS,
    MODEL,
    OPERATING_POINTS,
    PREPROCESS,
    save_sums,
)
from bsgi.runtime.onnx_runtime import OnnxRuntimeEngine
from bsgi.training.export.graph import build_graph, require_head
from bsgi.training.export.parity import BATCHES, prove_parity
from bsgi.training.machine import repeatable_arithmetic
from bsgi.training.maps import load_network
from bsgi.training.run_folder import (
    FINAL_WEIGHTS,
    RECIPE,
    is_finished,
    load_run_record,
)

CARD: Final = "card.md"
REFERENCE: Final = "reference.json"

_UNPROVED: Final = Parity("not compared yet", 1, BATCHES, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What `export_run` wrote.

    Args:
        bundle: The folder.
        method: Name of the model.
        sha256: Hash of the bundle.
        parity: How near its graph came to the network.
        calibrated: Whether it gives probabilities.
        refers_everything: Whether it has no thresholds to decide by.
        simulated: Whether the network learned from simulated exams.
    """

    bundle: Path
    method: str
    sha256: str
    parity: Parity
    calibrated: bool
    refers_everything: bool
    simulated: bool


def export_run(run: Path, out: Path, *, card: str | None = None) -> ExportSummary:
    """Write the bundle of a RUN, and prove that it computes what the network does.

    Args:
        run: A finished RUN.
        out: Folder to make.
        card: Model card for a RUN that has none, such as a run of a study.

    Raises:
        ConfigError: If the method has no heat maps in closed form.
        OutputError: If `out` is taken.
        RunError: If the RUN is not finished or damaged, has no card, or its graph does
            not equal the network.
    """
    check_vacant(out)
    if not is_finished(run):
        raise RunError(f"{run} must be a finished RUN; train it to its end first.")
    record = load_run_record(run)
    recipe = record.recipe
    network = require_head(load_network(run, record), recipe.name)
    settings = recipe.preprocess.settings()
    simulated = bool(load_json(run / REFERENCE, RunError).get("simulated"))
    graph, shape = build_graph(network, settings.size)
    facts = BundleFacts(
        method=recipe.name,
        title=recipe.title or recipe.name,
        network=recipe.model.name,
        map_layer=network.heat_map_layer,
        shape=shape,
        simulated=simulated,
        parity=_UNPROVED,
    )
    with new_folder(out) as folder:
        save_bytes(folder / MODEL, graph)
        save_json(folder / PREPROCESS, asdict(settings))
        _copy_results(run, folder, recipe.name, card)
        save_provenance(folder, describe("bsgi export", inputs=_list_inputs(run)))
        _save_facts(folder, facts)
        engine = OnnxRuntimeEngine(load_bundle(folder), record.decision.threads)
        with repeatable_arithmetic(record.decision.threads):
            try:
                parity = prove_parity(network, engine, settings.size)
            except ValueError as reason:
                raise RunError(f"{run} cannot be exported: {reason}") from None
        _save_facts(folder, replace(facts, parity=parity))
        load_bundle(folder)
    return _summarize(load_bundle(out))


def _save_facts(folder: Path, facts: BundleFacts) -> None:
    """Write what the bundle says of itself, and then the sums of all files."""
    save_json(folder / FACTS, asdict(facts))
    save_sums(folder)


def _copy_results(run: Path, folder: Path, method: str, card: str | None) -> None:
    """What the RUN found out about its network, checked before it is passed on."""
    save_operating_points(folder / OPERATING_POINTS, _find_thresholds(run, method))
    if (run / CALIBRATION).exists():
        found = load_calibration(run / CALIBRATION).method
        if found != method:
            raise RunError(
                f"{run / CALIBRATION} must be of the method {method!r}, got {found!r}."
            )
        shutil.copyfile(run / CALIBRATION, folder / CALIBRATION)
    shutil.copyfile(run / REFERENCE, folder / REFERENCE)
    if (run / CARD).exists():
        shutil.copyfile(run / CARD, folder / CARD)
    elif card is None:
        raise RunError(
            f"{run} must have a model card; bsgi report RUN COHORT writes card.md."
        )
    else:
        save_bytes(folder / CARD, card.encode())


def _find_thresholds(run: Path, method: str) -> FixedThresholds:
    """The thresholds of the RUN; those of a run of a study follow from its metrics."""
    if (run / OPERATING_POINTS).exists():
        fixed: FixedThresholds | None = load_operating_points(run / OPERATING_POINTS)
    else:
        fixed = fix_thresholds(load_metrics(run / "metrics.json"))
    if fixed is None:
        raise RunError(f"{run}/metrics.json must have a threshold, and it has none.")
    return replace(fixed, methods=(fixed.of(method),))


def _list_inputs(run: Path) -> dict[str, Path]:
    names = (
        RECIPE, "split.csv", "predictions.csv", "metrics.json", REFERENCE, CALIBRATION,
        OPERATING_POINTS,
    )  # fmt: skip
    found = {name: run / name for name in names if (run / name).exists()}
    return {**found, "weights": run / FINAL_WEIGHTS}


def _summarize(bundle: Bundle) -> ExportSummary:
    conformal = bundle.conformal
    return ExportSummary(
        bundle=bundle.folder,
        method=bundle.facts.method,
        sha256=bundle.sha256,
        parity=bundle.facts.parity,
        calibrated=bundle.calibrated,
        refers_everything=conformal is None or conformal.refers_everything,
        simulated=bundle.facts.simulated,
    )
