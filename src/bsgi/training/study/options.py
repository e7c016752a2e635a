"""What a command line changes in a study, before it is begun."""

from dataclasses import dataclass, replace
from typing import Any

from bsgi.errors import ConfigError
from bsgi.models.imagenet import NONE, choose_weights, takes_weights
from bsgi.training.recipe import Recipe
from bsgi.training.study.recipe import Study, change_study

_SOURCE = "the command line"
_DESIGNS = ("site", "time")


@dataclass(frozen=True, slots=True)
class StudyOptions:
    """What is asked for besides the recipe; None leaves it as the recipe has it.

    Args:
        repeats: How often each method is trained.
        folds: A number of folds, ``site``, ``time``, or ``time:`` and a number of
            periods.
        sizes: Numbers of training patients, separated by commas.
        seed: Seed of the splits and, with the repeat added, of the runs.
        weights: Weights to start from, for the methods that take them.
        threshold: A number, or ``youden``.
    """

    repeats: int | None = None
    folds: str | None = None
    sizes: str | None = None
    seed: int | None = None
    weights: str | None = None
    threshold: str | None = None


def apply_options(study: Study, options: StudyOptions) -> Study:
    """A study as the command line wants it.

    A design that the command line chooses takes the place of the recipe's, with all
    that belongs to it. A learning curve is then drawn once, unless repeats are given:
    its cost is that of all its sizes.

    Args:
        study: The study as its recipe says.
        options: What is asked for besides.

    Raises:
        ConfigError: If options contradict each other, or one is wrong.
    """
    changes: dict[str, Any] = {}
    if options.folds is not None and options.sizes is not None:
        raise ConfigError(
            "--folds and --sizes are two designs of a study; give one of them."
        )
    if options.folds is not None:
        changes |= _choose_folds(options.folds)
    if options.sizes is not None:
        changes |= {
            "design": "sizes", "sizes": _parse_sizes(options.sizes), "folds": None,
            "test_fraction": None,
        }  # fmt: skip
        if study.recipe.design != "sizes":
            changes["repeats"] = 1
    if options.repeats is not None:
        changes["repeats"] = options.repeats
    if options.seed is not None:
        changes["seed"] = options.seed
    if options.threshold is not None:
        changes["threshold"] = _parse_threshold(options.threshold)
    changed = change_study(study, changes, _SOURCE) if changes else study
    if options.weights is None:
        return changed
    return replace(changed, methods=_give_weights(changed.methods, options.weights))


def _choose_folds(text: str) -> dict[str, Any]:
    changes: dict[str, Any] = {"sizes": None, "test_fraction": None, "folds": None}
    if text in _DESIGNS:
        return changes | {"design": text}
    number = text.removeprefix("time:")
    if not (number.isascii() and number.isdecimal()):
        raise ConfigError(
            "--folds must be a number, site, time, or time:N for N periods, got "
            f"{text!r}."
        )
    design = "folds" if number == text else "time"
    return changes | {"design": design, "folds": int(number)}


def _parse_sizes(text: str) -> tuple[int, ...]:
    words = [word.strip() for word in text.split(",")]
    if not all(word.isascii() and word.isdecimal() for word in words):
        raise ConfigError(
            "--sizes must be numbers of patients such as 50,100,186, separated by "
            f"commas, got {text!r}."
        )
    return tuple(int(word) for word in words)


def _parse_threshold(text: str) -> float | str:
    if text == "youden":
        return text
    try:
        return float(text)
    except ValueError:
        raise ConfigError(
            f"--threshold must be a number or youden, got {text!r}."
        ) from None


def _give_weights(methods: tuple[Recipe, ...], weights: str) -> tuple[Recipe, ...]:
    """The methods that take weights with others to start from, the rest as they were.

    Raises:
        ConfigError: If no method takes any, or the weights cannot be used.
    """
    if weights != NONE and not any(takes_weights(each.model) for each in methods):
        raise ConfigError(
            "--weights must go with a method that takes ImageNet weights, but none of "
            f"{', '.join(each.name for each in methods)} does; leave it out."
        )
    return tuple(
        each.model_copy(update={"model": choose_weights(each.model, weights)})
        if takes_weights(each.model)
        else each
        for each in methods
    )
