"""How often tests of several readers err, and how often intervals of places hold.

    .venv/bin/python runs/reader_tests.py            # size of the tests of modalities
    .venv/bin/python runs/reader_tests.py places     # areas of located lesions

Ratings follow Roe and Metz (1997, doi 10.1016/S1076-6332(97)80210-3): normal, with
shares of the variance that belong to the case, to case and modality, to case and
reader, and to the single rating, and readers who part the labels more or less well, in
all modalities and in each. There is no true difference between the modalities. Marks
follow `draw_image`.
"""

import argparse
import math

import numpy as np
from jaxtyping import Float, Int64
from scipy.stats import f, norm

from bsgi.evaluation.localisation.curves import build_froc
from bsgi.evaluation.localisation.metrics import summarize_localisation
from bsgi.evaluation.localisation.searches import Search
from bsgi.evaluation.localisation.sensitivities import FALSE_MARKS
from bsgi.evaluation.readers.covariances import compute_areas, estimate_covariances
from bsgi.evaluation.readers.obuchowski_rockette import Readings, analyse_model
from bsgi.evaluation.readers.rating_table import RatingTable
from bsgi.evaluation.readers.reader_model import Samples

SIZES = ((17, 28), (38, 62), (87, 144))
AREAS = (0.80, 0.90, 0.95)
READERS = (3, 5, 10)
PATIENTS = (45, 100, 231)
AREAS_OF_PLACES = ("lroc", "afroc", "weighted_afroc")
STRUCTURES = {
    "much": (0.0055, 0.0055, 0.1, 0.1, 0.2, 0.6),
    "little": (0.0055, 0.0055, 0.3, 0.3, 0.2, 0.2),
    "alike": (0.0, 0.0, 0.3, 0.3, 0.2, 0.2),
}
"""Variances of reader, reader x modality, case, case x modality, case x reader, rating.

By how much single ratings vary; `alike`: readers all part the labels equally well."""


def main() -> None:
    """Print a table, in per cent."""
    parser = argparse.ArgumentParser(description="Errors of analyses of readers.")
    parser.add_argument(
        "table", nargs="?", choices=("tests", "places"), default="tests"
    )
    parser.add_argument("--sets", type=int, default=1000, help="data sets per cell")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    rng = np.random.default_rng(chosen.seed)
    if chosen.table == "tests":
        print_tests(chosen.sets, rng)
    else:
        print_places(chosen.sets, rng)


def print_tests(sets: int, rng: np.random.Generator) -> None:
    """Size at 5 % of the test of two modalities, for other readers and other cases.

    Args:
        sets: Studies per cell.
        rng: Where they come from.
    """
    heads = [f"{area:.2f}" for area in AREAS]
    print("| ratings vary | readers | malignant + benign |", " | ".join(heads), "|")
    print("|---|---|---|" + "---|" * len(heads))
    cells = []
    for structure in STRUCTURES:
        for readers in READERS:
            for sizes in SIZES:
                found = [
                    100
                    * count_alarms(structure, readers, sizes, area, sets, rng)
                    / sets
                    for area in AREAS
                ]
                cells += found
                print(
                    f"| {structure} | {readers} | {sizes[0]} + {sizes[1]} |",
                    " | ".join(f"{cell:.1f}" for cell in found), "|", flush=True,
                )  # fmt: skip
    print(f"mean {np.mean(cells):.2f}, from {min(cells):.1f} to {max(cells):.1f}")


def count_alarms(
    structure: str,
    readers: int,
    sizes: tuple[int, int],
    area: float,
    sets: int,
    rng: np.random.Generator,
) -> int:
    """How many of some studies without difference have p below 5 %, by DeLong.

    Written for many studies at once; the first of them is checked against the analysis
    of the package.

    Args:
        structure: A key of `STRUCTURES`.
        readers: Number of readers.
        sizes: Malignant and benign cases.
        area: True area of both modalities.
        sets: Number of studies.
        rng: Where they come from.
    """
    readings = 2 * readers
    same_reader = np.kron(np.eye(readers), np.ones((2, 2))) > 0
    same_modality = np.kron(np.ones((readers, readers)), np.eye(2)) > 0
    alarms = 0
    for number in range(sets):
        labels, scores = draw_scores(structure, readers, sizes, area, rng)
        flat = scores.reshape(readings, -1)
        wins = flat[:, labels == 1][:, :, None] > flat[:, labels == 0][:, None, :]
        areas = wins.mean(axis=(1, 2)).reshape(readers, 2)
        found = np.cov(wins.mean(axis=2)) / sizes[0]
        found = found + np.cov(wins.mean(axis=1)) / sizes[1]
        cov2 = found[~same_reader & same_modality].mean()
        cov3 = found[~same_reader & ~same_modality].mean()
        apart = areas[:, 0] - areas[:, 1]
        between = readers * areas.mean(axis=0).var(ddof=1)
        interaction = apart.var(ddof=1) / 2.0
        below = interaction + readers * max(cov2 - cov3, 0.0)
        freedom = (readers - 1) * (below / interaction) ** 2 if interaction else np.inf
        p = float(f.sf(between / below, 1, freedom)) if below > 0 else 1.0
        if number == 0:
            check_first(labels, scores, p)
        alarms += p < 0.05
    return alarms


def check_first(
    labels: Int64[np.ndarray, " case"],
    scores: Float[np.ndarray, "reader modality case"],
    p: float,
) -> None:
    """Refuse a p value that the package does not give for the same study.

    Args:
        labels: 1 malignant, 0 benign.
        scores: The ratings.
        p: What was found for them.

    Raises:
        ValueError: If the two differ.
    """
    names = tuple(map(str, range(labels.size)))
    readers = tuple(map(str, range(len(scores))))
    table = RatingTable(readers, ("one", "other"), names, names, labels, scores)
    readings = Readings(
        readers, table.modalities, compute_areas(table), estimate_covariances(table)
    )
    test = analyse_model(readings, Samples.BOTH).test
    if test is None or abs(test.p - p) > 1e-9:
        raise ValueError(f"the package must find p = {p}, got {test}.")


def draw_scores(
    structure: str,
    readers: int,
    sizes: tuple[int, int],
    area: float,
    rng: np.random.Generator,
) -> tuple[Int64[np.ndarray, " case"], Float[np.ndarray, "reader modality case"]]:
    """Labels and ratings of a study of two modalities by the model of Roe and Metz.

    Args:
        structure: A key of `STRUCTURES`.
        readers: Number of readers.
        sizes: Malignant and benign cases.
        area: True area of both modalities.
        rng: Where they come from.
    """
    parts = np.sqrt(STRUCTURES[structure])
    labels = np.repeat([1, 0], sizes)

    def draw(which: int, *shape: int) -> Float[np.ndarray, "..."]:
        return np.asarray(rng.normal(0.0, 1.0, shape) * parts[which], np.float64)

    # Readers vary in each label, so that both labels add to the area's spread.
    skill = draw(0, readers, 1, 2) + draw(1, readers, 2, 2)
    spread = 2.0 * (1.0 + parts[0] ** 2 + parts[1] ** 2)
    scores = skill[..., labels] + math.sqrt(spread) * norm.ppf(area) * labels
    scores = scores + draw(2, labels.size) + draw(3, 2, labels.size)
    scores = scores + draw(4, readers, 1, labels.size)
    return labels, scores + draw(5, readers, 2, labels.size)


def draw_image(
    name: str, patient: str, luck: float, rng: np.random.Generator
) -> Search:
    """A search of an image, with a target if its name ends in an odd digit.

    Args:
        name: Name of the image.
        patient: The woman.
        luck: How conspicuous everything in her is.
        rng: Where it comes from.
    """
    false_marks = rng.normal(0.5 * luck, 1.0, rng.poisson(0.8))
    targets: list[float | None] = []
    if int(name) % 2:
        targets = [
            None if rng.random() < 0.15 else float(rng.normal(1.5 + 0.5 * luck, 1.0))
            for _ in range(rng.integers(1, 3))
        ]
    return Search(name, patient, tuple(targets), tuple(map(float, false_marks)))


def draw_searches(women: int, rng: np.random.Generator) -> list[Search]:
    """Searches of four images of each woman, of every other one with targets in two.

    Args:
        women: Number of women.
        rng: Where they come from.
    """
    found = []
    for woman in range(women):
        luck = rng.normal()
        for image in range(4):
            number = 8 * woman + 2 * image + int(woman % 2 == 0 and image < 2)
            found.append(draw_image(f"{number}", f"p{woman}", luck, rng))
    return found


def find_truth(rng: np.random.Generator) -> tuple[float, ...]:
    """The true areas and sensitivities, from many women.

    Args:
        rng: Where they come from.
    """
    areas = [summarize_localisation(draw_searches(100, rng)) for _ in range(40)]
    froc = build_froc(draw_searches(5000, rng))
    if froc is None:
        raise ValueError("some women must have a target.")
    return (
        *(
            float(np.mean([getattr(one, name).value for one in areas]))
            for name in AREAS_OF_PLACES
        ),
        *(float(froc.up[froc.across <= rate].max()) for rate in FALSE_MARKS),
    )


def print_places(sets: int, rng: np.random.Generator) -> None:
    """Coverage of the intervals of located lesions, four images per woman.

    Args:
        sets: Data sets per cell.
        rng: Where they come from.
    """
    truth = find_truth(rng)
    names = (*AREAS_OF_PLACES, *(f"at {rate:g}" for rate in FALSE_MARKS))
    print("| women |", " | ".join(names), "|")
    print("|---|" + "---|" * len(names))
    print("| truth |", " | ".join(f"{one:.3f}" for one in truth), "|")
    for women in PATIENTS:
        hits = np.zeros(len(names))
        for _ in range(sets):
            found = summarize_localisation(draw_searches(women, rng))
            own = [getattr(found, name) for name in AREAS_OF_PLACES]
            own += [one.sensitivity for one in found.sensitivities]
            hits += [
                one.lower <= true <= one.upper
                for one, true in zip(own, truth, strict=True)
            ]
        shown = " | ".join(f"{one:.1f}" for one in 100 * hits / sets)
        print(f"| {women} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
