"""Mean squares and variances of areas, against R's aov (base R)."""

import subprocess
from collections.abc import Callable

import numpy as np
import pytest

from bsgi.evaluation.readers.variances import compute_mean_squares, part_variances


def test_mean_squares_are_those_of_aov(require_program: Callable[[str], str]) -> None:
    areas = np.random.default_rng(1).random((4, 3))
    numbers = ",".join(str(one) for one in areas.ravel().tolist())
    code = (
        f"y<-c({numbers}); r<-factor(rep(1:4,each=3)); m<-factor(rep(1:3,4));"
        "cat(format(summary(aov(y~m+r))[[1]][['Mean Sq']],digits=15))"
    )
    done = subprocess.run(
        [require_program("Rscript"), "-e", code], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    wanted = [float(one) for one in done.stdout.split()]
    found = compute_mean_squares(areas)
    assert (found.modality, found.reader, found.interaction) == pytest.approx(wanted)


def test_the_variances_are_those_that_were_drawn() -> None:
    """400 drawn tables of areas with known variances: the mean estimate is right."""
    rng = np.random.default_rng(2)
    readers, modalities = 4, 2
    case = np.array([1.0, 0.5, 0.4, 0.2])  # error, Cov1, Cov2, Cov3
    same_r = np.kron(np.eye(readers), np.ones((modalities, modalities))) > 0
    same_m = np.kron(np.ones((readers, readers)), np.eye(modalities)) > 0
    kinds = [same_r & same_m, same_r & ~same_m, ~same_r & same_m, ~same_r & ~same_m]
    covariance = np.select(kinds, case.tolist())
    found = []
    for noise in rng.multivariate_normal(np.zeros(8), covariance, 400):
        areas = noise.reshape(readers, modalities) + rng.normal(0, 1.2, (readers, 1))
        areas += rng.normal(0, 0.7, (readers, modalities))
        parts = part_variances(areas, covariance)
        assert parts.reader is not None
        assert parts.interaction is not None
        found.append((parts.reader, parts.interaction))
    error = np.std(found, axis=0) / 400**0.5
    assert (np.abs(np.mean(found, axis=0) - (1.44, 0.49)) < 4 * error).all()
    assert (parts.error, parts.same_reader, parts.same_modality, parts.neither) == (
        pytest.approx(tuple(case))
    )
