"""What a model says of an exam in numbers and codes: Comprehensive SR, TID 1500.

The tree is built here and not by a library, because a library for it takes half as
long to load as a whole prediction may take. Its readers are highdicom and DCMTK.

References:
    DICOM PS3.16 TID 1500 (measurement report), 1501 and 1410 (groups of an image and
    of a region), 300 (measurement), 1600 (image library), 4019 (algorithm); PS3.3
    A.35.3 (Comprehensive SR), C.17.2 (SR document general).
"""

from collections.abc import Iterator
from typing import Final

from pydicom.dataset import Dataset
from pydicom.uid import ComprehensiveSRStorage

from bsgi.dicom import codes as standard
from bsgi.dicom.codes import Code
from bsgi.dicom.results import codes
from bsgi.dicom.results.content import (
    ACQUIRED,
    MODIFIES,
    OBSERVED,
    SELECTED,
    make_code,
    make_container,
    make_image,
    make_number,
    make_shape,
    make_text,
    make_uid_item,
)
from bsgi.dicom.results.hot_spot import find_hot_spot
from bsgi.dicom.results.instance import (
    RESEARCH,
    SIMULATED_IMAGES,
    SIMULATED_TRAINING,
    Origin,
    ResultKind,
    begin_instance,
    find_version,
    list_series,
)
from bsgi.dicom.results.uids import derive_uid
from bsgi.exam.prediction import HeatMap
from bsgi.exam.record import Projection, ViewName

KIND: Final = ResultKind(
    name="report",
    sop_class=ComprehensiveSRStorage,
    modality="SR",
    series_number=9001,
    description="Algorithm result, research use only",
)

_CONDITIONS: Final = {
    RESEARCH: codes.USE,
    SIMULATED_TRAINING: codes.TRAINING,
    SIMULATED_IMAGES: codes.ORIGIN,
}


def build_report(origin: Origin) -> Dataset:
    """The report of one exam.

    Args:
        origin: What the model says, and the files that it says it of.
    """
    dataset = begin_instance(origin, KIND, "report", 1)
    dataset.ReferencedPerformedProcedureStepSequence = []
    dataset.PerformedProcedureCodeSequence = []
    dataset.CompletionFlag = "COMPLETE"
    dataset.VerificationFlag = "UNVERIFIED"
    dataset.PreliminaryFlag = "PRELIMINARY"
    dataset.CodingSchemeIdentificationSequence = [codes.describe_scheme()]
    evidence = Dataset()
    evidence.StudyInstanceUID = origin.sources.study_uid
    evidence.ReferencedSeriesSequence = list_series(
        origin.sources, "ReferencedSOPSequence"
    )
    dataset.CurrentRequestedProcedureEvidenceSequence = [evidence]
    root = make_container(codes.REPORT, _make_tree(origin), "1500", relation="")
    dataset.update(root)
    return dataset


def _make_tree(origin: Origin) -> Iterator[Dataset]:
    """The items below the root (TID 1500)."""
    prediction = origin.prediction
    yield make_code(codes.LANGUAGE, codes.ENGLISH, MODIFIES)
    yield make_code(codes.OBSERVER_TYPE, codes.DEVICE, OBSERVED)
    device = standard.make_uid("bundle", prediction.bundle_sha256)
    yield make_uid_item(codes.DEVICE_UID, device, OBSERVED)
    yield make_text(codes.DEVICE_NAME, prediction.method, OBSERVED)
    yield make_text(codes.DEVICE_MAKER, "bsgi", OBSERVED)
    yield make_code(codes.PROCEDURE, codes.NUCLEAR_PROCEDURE, MODIFIES)
    yield _make_library(origin)
    groups = [_make_exam_group(origin)]
    groups += [_make_view_group(origin, name) for name in origin.sources.present()]
    for heat in prediction.maps:
        region = _make_region_group(origin, heat)
        if region is not None:
            groups.append(region)
    yield make_container(codes.MEASUREMENTS, groups)
    yield make_container(codes.QUALITATIVE, _make_texts(origin))


def _make_library(origin: Origin) -> Dataset:
    """The images that were read, each with its view (TID 1600)."""
    entries = []
    for name in origin.sources.present():
        described = (
            make_code(codes.MODALITY, codes.NUCLEAR_MEDICINE, ACQUIRED),
            make_code(codes.IMAGE_LATERALITY, codes.SIDES[name.side], ACQUIRED),
            make_code(codes.IMAGE_VIEW, standard.VIEW_CODES[name.projection], ACQUIRED),
        )
        image = origin.sources.images[name]
        entry = make_image(codes.SOURCE_IMAGE, image, children=described)
        # The template wants entries without a name.
        del entry.ConceptNameCodeSequence
        entries.append(entry)
    group = make_container(codes.LIBRARY_GROUP, entries)
    return make_container(codes.LIBRARY, [group])


def _make_algorithm(origin: Origin) -> Iterator[Dataset]:
    """Which model it was (TID 4019)."""
    prediction = origin.prediction
    yield make_text(codes.ALGORITHM_NAME, prediction.method, MODIFIES)
    yield make_text(codes.ALGORITHM_VERSION, f"bsgi {find_version()}", MODIFIES)
    for parameter in (
        f"model bundle sha256 {prediction.bundle_sha256}",
        f"precision {prediction.precision}",
    ):
        yield make_text(codes.ALGORITHM_PARAMETERS, parameter, MODIFIES)


def _make_tracking(origin: Origin, name: str) -> Iterator[Dataset]:
    uid = derive_uid(origin.prediction, origin.sources, "tracking", name)
    yield make_text(codes.TRACKING_NAME, name, OBSERVED)
    yield make_uid_item(codes.TRACKING_UID, uid, OBSERVED)


def _make_site(name: ViewName) -> Dataset:
    side = make_code(codes.LATERALITY, codes.SIDES[name.side], MODIFIES)
    return make_code(codes.FINDING_SITE, standard.BREAST, MODIFIES, [side])


def _make_numbers(
    values: tuple[tuple[Code, float | None, Code], ...],
) -> Iterator[Dataset]:
    """Those of some numbers that are there."""
    for name, value, unit in values:
        if value is not None:
            yield make_number(name, value, unit)


def _make_exam_group(origin: Origin) -> Dataset:
    """What is said of the exam as a whole (TID 1501)."""
    prediction = origin.prediction
    low, high = prediction.probability_interval or (None, None)
    items = [
        *_make_tracking(origin, "exam"),
        make_code(codes.FINDING_SITE, standard.BREAST, MODIFIES),
        *_make_algorithm(origin),
        *_make_numbers(
            (
                (codes.PROBABILITY, _percent(prediction.probability), codes.PERCENT),
                (codes.PROBABILITY_LOW, _percent(low), codes.PERCENT),
                (codes.PROBABILITY_HIGH, _percent(high), codes.PERCENT),
                (codes.SCORE, prediction.score, codes.NO_UNITS),
            )
        ),
    ]
    for projection in Projection:
        value = prediction.values.left_over_right.get(projection)
        if value is not None:
            view = make_code(
                codes.IMAGE_VIEW, standard.VIEW_CODES[projection], MODIFIES
            )
            items.append(make_number(codes.ASYMMETRY, value, codes.RATIO, [view]))
    items.append(make_code(codes.DECISION, codes.DECISIONS[prediction.decision]))
    items += [
        make_image(codes.SOURCE_OF_MEASUREMENT, origin.sources.images[name])
        for name in origin.sources.present()
    ]
    return make_container(codes.GROUP, items, "1501")


def _percent(share: float | None) -> float | None:
    return None if share is None else 100.0 * share


def _make_view_group(origin: Origin, name: ViewName) -> Dataset:
    """What is measured in one view (TID 1501)."""
    values = origin.prediction.values.views.get(name)
    ratio = None if values is None else values.lesion_to_background
    density = None if values is None else values.counts_per_cm2
    items = [
        *_make_tracking(origin, str(name)),
        _make_site(name),
        *_make_numbers(
            (
                (codes.LESION_TO_BACKGROUND, ratio, codes.RATIO),
                (codes.COUNT_DENSITY, density, codes.COUNTS_PER_CM2),
            )
        ),
        make_image(codes.SOURCE_OF_MEASUREMENT, origin.sources.images[name]),
    ]
    return make_container(codes.GROUP, items, "1501")


def _make_region_group(origin: Origin, heat: HeatMap) -> Dataset | None:
    """The hot spot of a map in its source image (TID 1410); None if it has none."""
    spot = find_hot_spot(heat.evidence)
    if spot is None:
        return None
    image = origin.sources.images[heat.view]
    source = make_image(
        codes.SOURCE_IMAGE, image, relation=SELECTED, frames=image.head_frames[0]
    )
    derivation = make_code(codes.DERIVATION, codes.MAXIMUM, MODIFIES)
    items = [
        *_make_tracking(origin, f"{heat.view} hot spot"),
        _make_site(heat.view),
        *_make_algorithm(origin),
        make_shape(codes.IMAGE_REGION, "ELLIPSE", spot.axes, source),
        make_number(codes.GRAD_CAM, spot.maximum, codes.NO_UNITS, [derivation]),
    ]
    return make_container(codes.GROUP, items, "1410")


def _make_texts(origin: Origin) -> Iterator[Dataset]:
    """What must be said beside the numbers, and why a physician should look."""
    for text in origin.conditions():
        yield make_text(_CONDITIONS[text], text)
    for reason in origin.prediction.reasons:
        yield make_text(codes.REASON, reason)
