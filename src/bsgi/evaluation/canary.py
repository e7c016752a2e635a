"""Whether scores learned from labels without meaning are at chance, as they must be.

The canary of a study: if a network beats chance on labels that were dealt among the
patients, it was told them, and so were the networks of the study itself. That finds
faults of a program, such as test exams that were learned from or labels read from a
file. A woman under two ids and a confounded site are not found so: their labels are
dealt like all others.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float, Integer
from scipy.stats import rankdata

from bsgi.errors import RunError
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.multiplicity import adjust_by_holm
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.repeats import RepeatedScores, average_repeats, collect_repeats
from bsgi.evaluation.stored import StoredKind

CANARY: Final = "canary.json"
"""Name of the file in a STUDY."""

PERMUTATIONS: Final = 9_999
"""How often labels are dealt anew among the tested patients."""

ALARM: Final = 0.001
"""P value after Holm over the methods below which a canary is not at chance.

So small since the labels are dealt under scores that stay: in cross-validation a score
depends on the labels of the other folds, and no network is trained anew for each
permutation. For ridge regression on 20 to 100 numbers of 45 patients a nominal 1 % was
3 to 5 %, and 0.1 % was 1 % (`runs/canary_size.py`).
"""


@dataclass(frozen=True, slots=True)
class CanaryVerdict:
    """What one method found in labels without meaning.

    Args:
        method: Its name.
        patients: Patients tested.
        malignant: Those whose dealt label is malignant.
        auc: Area under the ROC curve, the mean over the repeats; None with one label.
        highest_chance: The area from which on a leak would be seen with so many
            patients and methods; None where none would.
        p: Share of ways to deal the labels that give this area or a greater one.
        p_adjusted: The same after Holm over the methods.
        at_chance: Whether nothing speaks for more than chance, though something could.
        can_tell: Whether so many patients could have shown a leak at all.
    """

    method: str
    patients: int
    malignant: int
    auc: Estimate | None
    highest_chance: float | None
    p: float
    p_adjusted: float
    at_chance: bool
    can_tell: bool

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        if self.auc is None or self.highest_chance is None or not self.can_tell:
            return (
                f"{self.method}: {self.malignant} malignant of {self.patients} tested "
                "patients are too few for any leak to be seen, so nothing can be said; "
                "use more exams, or folds."
            )
        area = (
            f"AUC {self.auc.value:.3f} ({self.auc.lower:.3f} to {self.auc.upper:.3f}), "
            f"p {self.p_adjusted:.2g}, {self.patients} patients"
        )
        if self.at_chance:
            return (
                f"{self.method}: at chance, as it must be: {area}; with so many "
                f"patients a leak shows from an AUC of {self.highest_chance:.2f} on."
            )
        return (
            f"{self.method}: NOT at chance, though its labels mean nothing: {area}. "
            "Test labels may reach the networks: repeat it with another --seed, and if "
            "it comes again trust no result of this design before the cause is found."
        )


@dataclass(frozen=True, slots=True)
class Canary:
    """The verdicts on all methods of a study with permuted labels.

    Args:
        simulated: Whether the exams are simulated.
        permutations: How often labels were dealt among the tested patients.
        seed: Seed of these draws.
        verdicts: One per method, in order.
    """

    simulated: bool
    permutations: int
    seed: int
    verdicts: tuple[CanaryVerdict, ...]

    @property
    def at_chance(self) -> bool:
        """Whether all methods are."""
        return all(verdict.at_chance for verdict in self.verdicts)

    def check(self) -> None:
        """Refuse to go on if a method is not.

        Raises:
            RunError: With the verdict on the first of them.
        """
        for verdict in self.verdicts:
            if not verdict.at_chance:
                raise RunError(verdict.sentence)


_KIND: Final = StoredKind(
    Canary,
    maker="bsgi study --canary",
    remedy="give the same command with another --out",
    marks={"labels_permuted": True},
)


def judge_canary(
    rows: Sequence[PredictionRow],
    *,
    simulated: bool,
    by_size: bool = False,
    seed: int = 1,
    permutations: int = PERMUTATIONS,
) -> Canary:
    """Compare the areas of a study with permuted labels with chance.

    The scores stay, and the labels are dealt anew among the tested patients. That is
    nearly the chance of an area, not quite, see `ALARM`. Only areas above one half
    alarm, since cross-validation without effect tends to areas below.

    Args:
        rows: Scores of all methods, repeats and folds; only tests count.
        simulated: Whether the exams are simulated.
        by_size: Whether folds are sizes of a training set; the largest is judged.
        seed: Seed of the draws.
        permutations: Number of draws.

    References:
        Ojala and Garriga 2010, Journal of Machine Learning Research 11:1833, who train
        anew for each permutation.
    """
    names = list(dict.fromkeys(row.method for row in rows))
    largest = max(row.fold for row in rows)
    found = []
    for name in names:
        own = [
            row
            for row in rows
            if row.method == name and (not by_size or row.fold == largest)
        ]
        scores, level = collect_repeats(own), ALARM / len(names)
        found.append(_test_chance(scores, seed, permutations, level))
    adjusted = adjust_by_holm([each.p for each in found])
    return Canary(
        simulated=simulated,
        permutations=permutations,
        seed=seed,
        verdicts=tuple(
            CanaryVerdict(
                method=name,
                patients=each.patients,
                malignant=each.malignant,
                auc=each.auc,
                highest_chance=each.highest,
                p=each.p,
                p_adjusted=p,
                at_chance=each.can_tell and p >= ALARM,
                can_tell=each.can_tell,
            )
            for name, each, p in zip(names, found, adjusted, strict=True)
        ),
    )


def save_canary(path: Path, canary: Canary) -> None:
    """Write `canary.json`.

    Args:
        path: The file to make or replace.
        canary: The verdicts.
    """
    _KIND.save(path, canary)


def load_canary(path: Path) -> Canary:
    """Read `canary.json`.

    Args:
        path: The file.

    Raises:
        RunError: If it is missing, of another version, or not as we wrote it.
    """
    return _KIND.load(path)


@dataclass(frozen=True, slots=True)
class _Tested:
    patients: int
    malignant: int
    auc: Estimate | None
    highest: float | None
    p: float
    can_tell: bool


def _test_chance(
    scores: RepeatedScores, seed: int, permutations: int, level: float
) -> _Tested:
    """One method; a leak can be told if the best of all ways to deal has a p below."""
    patients = sorted(set(scores.patients))
    place = {name: index for index, name in enumerate(patients)}
    owner = np.array([place[name] for name in scores.patients])
    label = np.zeros(len(patients), dtype=np.int64)
    np.maximum.at(label, owner, scores.labels)
    malignant = int(label.sum())
    auc = average_repeats(scores).auc
    ways = min(math.comb(len(patients), malignant), permutations + 1)
    if auc is None or 1.0 / ways >= level:
        return _Tested(len(patients), malignant, auc, None, 1.0, can_tell=False)
    rng = np.random.default_rng(seed)
    dealt = rng.permuted(np.tile(label, (permutations, 1)), axis=1)[:, owner]
    areas = _mean_areas(scores, dealt)
    observed = float(_mean_areas(scores, scores.labels[None, :])[0])
    return _Tested(
        patients=len(patients),
        malignant=malignant,
        auc=auc,
        highest=float(np.quantile(areas, 1.0 - level)),
        p=float((1 + np.count_nonzero(areas >= observed - 1e-9)) / (permutations + 1)),
        can_tell=True,
    )


def _mean_areas(
    scores: RepeatedScores, labels: Integer[np.ndarray, "draw exam"]
) -> Float[np.ndarray, " draw"]:
    """Mean area over the repeats, for each way to label the exams.

    A way that leaves a repeat with one label has an area of one half there.
    """
    total = np.zeros(len(labels))
    for line in scores.scores:
        there = ~np.isnan(line)
        ranks, own = rankdata(line[there]), labels[:, there]
        ill = own.sum(axis=1)
        well = own.shape[1] - ill
        above = own @ ranks - ill * (ill + 1) / 2.0
        pairs = ill * well
        total += np.where(pairs > 0, above / np.maximum(pairs, 1), 0.5)
    return np.asarray(total / len(scores.scores))
