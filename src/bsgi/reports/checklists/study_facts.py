"""What a STUDY, a RUN or anyone's table tells, put together for checklists."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bsgi.cohort.split import Part, Split
from bsgi.cohort.store import Cohort
from bsgi.evaluation.summary import Metrics
from bsgi.exam.preprocess import Preprocessing
from bsgi.provenance import Provenance
from bsgi.reports.checklists.cohort_facts import tell_cohort
from bsgi.reports.checklists.item import Fact
from bsgi.reports.checklists.result_facts import tell_results
from bsgi.reports.flow import count_flow
from bsgi.reports.run_folder import RunFolder
from bsgi.reports.study_folder import StudyFolder
from bsgi.reports.study_words import describe_design, describe_limits
from bsgi.reports.wording import HEAT_MAP_LIMIT, count_of

_LIMIT: Final = (
    "Intervals tell how far other patients like these would change the results, not "
    "how other trainings, hospitals or cameras would."
)
_NOT_SETTINGS: Final = ("checkpoint_every", "precision", "threads")
_LAST_EPOCH: Final = (
    "The network of the last epoch was tested; test exams took no part in training and "
    "in no choice."
)


def tell_study(study: StudyFolder, cohort: Cohort) -> dict[Fact, str]:
    """All facts of a STUDY and its cohort.

    Args:
        study: The study.
        cohort: Its cohort.
    """
    titles = {method.name: method.title for method in study.methods}
    flow = count_flow(cohort, [fold.split.parts for fold in study.folds])
    tables = tomllib.loads(study.text)["method"]
    facts = {
        **tell_results(study.metrics, titles),
        **tell_cohort(cohort, flow),
        **tell_made(study.provenance),
        Fact.DESIGN: describe_design(study),
        Fact.PARTS: _tell_parts([fold.split for fold in study.folds]),
        Fact.PREPROCESSING: " ".join(
            dict.fromkeys(_tell_preprocessing(one.settings) for one in study.methods)
        ),
        Fact.MODEL: " ".join(
            f"{method.title}: {_name_settings(table.get('model', {}))}."
            for method, table in zip(study.methods, tables, strict=True)
        ),
        Fact.TRAINING: " ".join(
            f"{method.title}: {_name_settings(table.get('training', {}))}."
            for method, table in zip(study.methods, tables, strict=True)
        )
        + f" {_LAST_EPOCH}",
        Fact.WEIGHTS: " ".join(
            f"{method.title}: {_tell_weights(method.weights)}."
            for method in study.methods
        ),
        Fact.LIMITS: " ".join(describe_limits(study)),
    }
    return {fact: text for fact, text in facts.items() if text}


def tell_run(run: RunFolder, cohort: Cohort, split: Split) -> dict[Fact, str]:
    """All facts of a RUN and its cohort.

    Args:
        run: The run.
        cohort: Its cohort.
        split: The part of every exam.
    """
    flow = count_flow(cohort, [split.parts])
    tables = tomllib.loads(run.recipe)
    model = tables.get("model", {})
    facts = {
        **tell_results(run.metrics, {run.metrics.methods[0].method: run.title}),
        **tell_cohort(cohort, flow),
        **tell_made(run.provenance),
        Fact.DESIGN: "One network, trained on one split of the patients.",
        Fact.PARTS: _tell_parts([split]),
        Fact.PREPROCESSING: _tell_preprocessing(run.settings),
        Fact.MODEL: f"{run.title}: {_name_settings(model)}.",
        Fact.TRAINING: f"{_name_settings(tables.get('training', {}))}. {_LAST_EPOCH}",
        Fact.WEIGHTS: f"{_tell_weights(str(model.get('weights', 'none')))}.",
        Fact.LIMITS: f"{_LIMIT} {HEAT_MAP_LIMIT}",
    }
    return {fact: text for fact, text in facts.items() if text}


def tell_table(
    metrics: Metrics, made: Provenance, notes: Sequence[str]
) -> dict[Fact, str]:
    """All facts of anyone's table of labels and scores.

    Args:
        metrics: What was found.
        made: What evaluated it.
        notes: What was taken for what the table does not say.
    """
    titles = {one.method: one.method for one in metrics.methods}
    hashes = "; ".join(f"{name} {text}" for name, text in made.inputs.items())
    facts = {
        **tell_results(metrics, titles),
        Fact.AVAILABILITY: f"SHA-256 of the table that was evaluated: {hashes}.",
        Fact.LIMITS: " ".join((_LIMIT, *notes)),
    }
    return {fact: text for fact, text in facts.items() if text}


def tell_made(made: Provenance) -> dict[Fact, str]:
    """Software, hardware, and what another would need to repeat the work.

    Args:
        made: What the provenance says.
    """
    packages = ", ".join(f"{name} {version}" for name, version in made.packages.items())
    seed = "" if made.seed is None else f" Seed {made.seed}."
    hashes = "; ".join(f"{name} {text}" for name, text in made.inputs.items())
    commit = f", commit {made.git}" if made.git else ""
    return {
        Fact.SOFTWARE: (
            f"bsgi {made.version}{commit}; Python {made.python}; {packages}."
        ),
        Fact.HARDWARE: f"{made.machine}." if made.machine else "",
        Fact.AVAILABILITY: (
            f"Made by `{made.command}` on {made.date[:10]}.{seed} Recipe, split of "
            "every exam, every score and every result are kept as files"
            + (f"; SHA-256: {hashes}." if hashes else ".")
        ),
    }


def _tell_parts(splits: Sequence[Split]) -> str:
    texts = []
    for part in Part:
        sizes = [len(split.exam_ids(part)) for split in splits]
        if any(sizes):
            spread = f"{min(sizes):,}"
            if max(sizes) > min(sizes):
                spread += f" to {max(sizes):,}"
            texts.append(f"{part} {spread} exams")
    return (
        f"{count_of(len(splits), 'split')}: {', '.join(texts)}. Parts are disjoint by "
        "patient."
    )


def _tell_preprocessing(settings: Preprocessing) -> str:
    if settings.intensity == "uptake":
        height, width = settings.field_mm
        scale = (
            "uptake relative to the exam's own normal tissue, one scale for the four "
            f"views, over {height:g} x {width:g} mm"
        )
    else:
        scale = "each view over its own maximum"
    return (
        f"Heads summed, views turned to one pose, {scale}, resampled to "
        f"{settings.size} x {settings.size} pixels, stacked as LCC, RCC, LMLO, RMLO."
    )


def _tell_weights(weights: str) -> str:
    if weights in ("", "none"):
        return "first weights drawn at random"
    return f"first weights {weights}"


def _name_settings(table: Mapping[str, Any]) -> str:
    """Settings as the recipe has them."""
    shown = []
    for name, value in table.items():
        if name in _NOT_SETTINGS or isinstance(value, dict):
            continue
        text = "-".join(map(str, value)) if isinstance(value, list) else str(value)
        shown.append(f"{name.replace('_', ' ')} {text}")
    return ", ".join(shown) or "not recorded"
