"""Exams with their original files on disk, and what a model might say of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from bsgi.dicom.header import StudyHeader
from bsgi.dicom.results.instance import Origin
from bsgi.dicom.results.source import SourceImages, read_sources
from bsgi.dicom.write import write_view
from bsgi.exam.prediction import (
    Decision,
    HeatMap,
    Prediction,
    SemiQuantitative,
    ViewValues,
)
from bsgi.exam.record import Projection, View, ViewName
from tests import conftest
from tests.dicom.conftest import ORIENTATIONS, make_header

Views = dict[ViewName, View]
MOMENT = datetime(2026, 3, 4, 5, 6, 7)
NAME = "Zu\u0308rcher^Anna"
"""A name with letters beyond ASCII."""


@dataclass(frozen=True, slots=True)
class Case:
    """An exam, its files, and a prediction."""

    files: dict[ViewName, Path]
    views: Views
    prediction: Prediction

    @property
    def sources(self) -> SourceImages:
        return read_sources(self.files, self.views)

    @property
    def origin(self) -> Origin:
        return Origin(self.prediction, self.sources, MOMENT)


def make_views(
    names: Sequence[ViewName], heads: int, seed: int
) -> dict[ViewName, View]:
    rng = np.random.default_rng(seed)
    views = {}
    for name in names:
        view = conftest.make_view(name, rng=rng, shape=(40, 32))
        first = view.counts[0]
        views[name] = replace(
            view,
            counts=np.stack([first, first[:, ::-1]][:heads]),
            heads_mirrored=(False, True)[:heads],
            orientation=ORIENTATIONS[name],
            spacing_mm=(3.2, 2.4),
            source_uid=f"2.25.{seed}{list(ViewName).index(name) + 1}",
        )
    return views


def make_case(
    folder: Path,
    names: Sequence[ViewName] = tuple(ViewName),
    *,
    heads: int = 1,
    seed: int = 7,
    header: StudyHeader | None = None,
) -> Case:
    """An exam on disk; every number of its prediction is another one."""
    views = make_views(names, heads, seed)
    header = header or replace(make_header(), patient_name=NAME)
    files = {}
    for name, view in views.items():
        files[name] = folder / f"{name}.dcm"
        write_view(files[name], view, header)
    return Case(files, views, make_prediction(views))


def make_prediction(views: Views) -> Prediction:
    rng = np.random.default_rng(5)
    maps = []
    for number, (name, view) in enumerate(views.items()):
        rows, cols = view.counts.shape[1:]
        row, col = np.mgrid[:rows, :cols]
        spot = np.exp(-((row - 9 - number) ** 2 / 20 + (col - 12 + number) ** 2 / 9))
        maps.append(HeatMap(name, (spot * (0.3 + number)).astype(np.float32)))
    return Prediction(
        exam_id="0001-1",
        patient_id="0001",
        method="four-view",
        bundle_sha256="0123456789abcdef" * 4,
        precision="float32",
        score=0.8312345678901234,
        probability=0.7312345678901234,
        probability_interval=(0.6512345678901234, 0.7912345678901234),
        decision=Decision.REFER,
        reasons=("the probability is near a threshold", "few counts in LCC"),
        maps=tuple(maps),
        values=SemiQuantitative(
            views={
                name: ViewValues(1.0 + float(rng.random()), 900 * float(rng.random()))
                for name in views
            },
            left_over_right={
                projection: 0.5 + float(rng.random())
                for projection in Projection
                if sum(name.projection is projection for name in views) == 2
            },
        ),
        simulated_training=True,
    )
