"""`bsgi predict`: a bundle on exams, from DICOM files or a cohort to results."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bsgi.cli.terminal import Json, Progress, progress_bar, show

if TYPE_CHECKING:
    from bsgi.exam.prediction import Prediction, Refusal
    from bsgi.runtime.bundle import Bundle
    from bsgi.runtime.engine import Engine
    from bsgi.runtime.predict import Predictor

ENGINES = ("onnxruntime", "openvino")
"""What can run the network."""


@dataclass(frozen=True, slots=True)
class PredictSummary:
    """What came of a prediction.

    Args:
        folder: Where the results lie.
        method: Name of the model.
        bundle_sha256: Which bundle it was.
        engine: What ran it, with its version.
        precision: Its arithmetic.
        exams: Exams that were found.
        predicted: Exams with a prediction.
        refused: Exams without one.
        benign: Exams called benign.
        malignant: Exams called malignant.
        referred: Exams referred to a physician.
        files_rejected: Files that gave no view.
        simulated_training: Whether the model learned from simulated exams.
    """

    folder: Path
    method: str
    bundle_sha256: str
    engine: str
    precision: str
    exams: int
    predicted: int
    refused: int
    benign: int
    malignant: int
    referred: int
    files_rejected: int
    simulated_training: bool


def predict(
    source: Annotated[
        Path,
        typer.Argument(metavar="SOURCE", help="Folder of DICOM files, or a cohort."),
    ],
    model: Annotated[Path, typer.Option(help="Bundle that bsgi export wrote.")],
    out: Annotated[Path, typer.Option(help="Folder of results to make.")],
    engine: Annotated[
        str,
        typer.Option(metavar="|".join(ENGINES), help="What runs the network."),
    ] = ENGINES[0],
    threads: Annotated[
        int, typer.Option(min=0, help="Threads of the network; 0: every core.")
    ] = 0,
    key: Annotated[
        Path | None,
        typer.Option(
            help="Secret key of the pseudonyms of DICOM files, made if it is missing. "
            "Without it a new key is used and forgotten."
        ),
    ] = None,
    keep_ids: Annotated[
        bool, typer.Option("--keep-ids", help="Keep patient ids as they are.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Score exams with a bundle: probability, decision, heat maps; no PyTorch.

    Research use only, not a medical device.
    """
    from bsgi.files import check_vacant
    from bsgi.runtime.bundle import load_bundle

    check_vacant(out)
    bundle = load_bundle(model)
    predictor = _build_predictor(bundle, _choose_engine(engine, bundle, threads))
    summary = _write(source, out, predictor, key, keep_ids=keep_ids)
    show(summary, _describe(summary, predictor), as_json=as_json)


def _choose_engine(name: str, bundle: "Bundle", threads: int) -> "Engine":
    from bsgi.errors import ConfigError

    try:
        if name == "onnxruntime":
            from bsgi.runtime.onnx_runtime import OnnxRuntimeEngine

            return OnnxRuntimeEngine(bundle, threads)
        if name == "openvino":
            from bsgi.runtime.openvino import OpenVinoEngine

            return OpenVinoEngine(bundle, threads)
    except ModuleNotFoundError as missing:
        raise ConfigError(
            f"the engine {name} must be installed, and {missing.name} is not: install "
            f"bsgi[{'predict' if name == 'onnxruntime' else name}]."
        ) from None
    raise ConfigError(f"--engine must be one of {', '.join(ENGINES)}, got {name!r}.")


def _build_predictor(bundle: "Bundle", engine: "Engine") -> "Predictor":
    from bsgi.runtime.predict import Predictor

    if not bundle.calibrated:
        return Predictor(bundle, engine)
    # Loaded only here: what fits recalibrations takes longer to load than all else.
    from bsgi.evaluation.calibration.calibrator import load_calibration
    from bsgi.runtime.folder import CALIBRATION, BundleError

    found = load_calibration(bundle.folder / CALIBRATION)
    if found.method != bundle.facts.method:
        raise BundleError(
            f"{bundle.folder / CALIBRATION} must be of the method "
            f"{bundle.facts.method!r}, got {found.method!r}."
        )
    return Predictor(bundle, engine, found.calibrator)


def _write(
    source: Path,
    out: Path,
    predictor: "Predictor",
    key: Path | None,
    *,
    keep_ids: bool,
) -> PredictSummary:
    from bsgi.cli.predict_source import open_source
    from bsgi.exam.prediction import Decision
    from bsgi.files import new_folder, save_csv
    from bsgi.provenance import describe, save_provenance
    from bsgi.runtime.folder import SUMS
    from bsgi.runtime.output import write_predictions

    with (
        new_folder(out) as folder,
        progress_bar("predict") as progress,
        open_source(
            source, out, key=key, keep_ids=keep_ids, progress=progress
        ) as found,
    ):
        outcomes = _watch(predictor.predict(found.exams), found.number, progress)
        written = write_predictions(
            folder, outcomes, labels=found.labels, rejected=found.rejected
        )
        if found.notes:
            save_csv(folder / "notes.csv", ("exam_id", "note"), found.notes)
        inputs = {"bundle": predictor.bundle.folder / SUMS, **found.inputs}
        asked = f"bsgi predict, {predictor.engine.name}, {predictor.engine.precision}"
        save_provenance(folder, describe(asked, inputs=inputs))
    return PredictSummary(
        folder=out,
        method=predictor.bundle.facts.method,
        bundle_sha256=predictor.bundle.sha256,
        engine=predictor.engine.name,
        precision=predictor.engine.precision,
        exams=found.number,
        predicted=written.predicted,
        refused=written.refused,
        benign=written.decisions.get(Decision.BENIGN, 0),
        malignant=written.decisions.get(Decision.MALIGNANT, 0),
        referred=written.decisions.get(Decision.REFER, 0),
        files_rejected=len(found.rejected),
        simulated_training=predictor.bundle.facts.simulated,
    )


def _watch(
    outcomes: "Iterable[Prediction | Refusal]", total: int, progress: Progress
) -> "Iterator[Prediction | Refusal]":
    for done, outcome in enumerate(outcomes, start=1):
        yield outcome
        progress(done, total, "exams")


def _describe(summary: PredictSummary, predictor: "Predictor") -> str:
    """What was found in a few lines, what it is not last."""
    lines = [
        f"{summary.predicted} of {summary.exams} exams in {summary.folder}: "
        f"{summary.benign} called benign, {summary.malignant} malignant, "
        f"{summary.referred} referred ({summary.method}, {summary.engine}, "
        f"{summary.precision})"
    ]
    if summary.refused:
        lines.append(f"{summary.refused} exams without a result, see rejected.csv")
    if summary.files_rejected:
        lines.append(f"{summary.files_rejected} files gave no view, see rejected.csv")
    if predictor.calibrator is None:
        lines.append("not calibrated: there are scores and no probabilities")
    if summary.simulated_training:
        lines.append("the model learned from simulated exams: no claim about patients")
    lines.append("research use only, not a medical device")
    return "\n".join(lines)
