"""Heat maps as pydicom and highdicom read them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from highdicom.pm.sop import pmread
from pydicom import dcmread

from bsgi.dicom.results.parametric_map import build_map, find_orientation, find_top
from bsgi.exam.prediction import HeatMap
from bsgi.exam.record import ViewName
from tests.dicom.results.conftest import Written
from tests.dicom.results.exams import make_case, make_views


def test_highdicom_gives_the_evidence_back(written: Written) -> None:
    """To half a step of 16 bits, on one scale."""
    case, paths = written
    slopes = set()
    highest = max(float(heat.evidence.max()) for heat in case.prediction.maps)
    for heat in case.prediction.maps:
        image = pmread(paths[f"map-{heat.view}"])
        (found,) = image.get_frames(apply_real_world_transform=True)
        assert np.abs(found - heat.evidence).max() <= highest / 65535 * 0.51
        mapping = image.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence
        slopes.add(mapping[0].RealWorldValueSlope)
        quantity = mapping[0].QuantityDefinitionSequence[0].ConceptCodeSequence[0]
        assert (quantity.CodeValue, quantity.CodingSchemeDesignator) == (
            "130403",
            "DCM",
        )
    assert len(slopes) == 1


def test_maps_lie_on_their_sources_and_share_no_space(written: Written) -> None:
    case, paths = written
    places = set()
    for name, view in case.views.items():
        image = dcmread(paths[f"map-{name}"])
        assert (image.Rows, image.Columns) == view.counts.shape[1:]
        shared = image.SharedFunctionalGroupsSequence[0]
        assert shared.PixelMeasuresSequence[0].PixelSpacing == [3.2, 2.4]
        source = shared.DerivationImageSequence[0].SourceImageSequence[0]
        assert source.ReferencedSOPInstanceUID == view.source_uid
        assert image.ImageLaterality == name.side
        assert image.ContentQualification == "RESEARCH"
        places.add(image.FrameOfReferenceUID)
        frame = image.PerFrameFunctionalGroupsSequence[0].FrameContentSequence[0]
        assert frame.FrameComments.startswith("Nominal geometry")
        (series,) = image.ReferencedSeriesSequence
        assert len(series.ReferencedInstanceSequence) == 4
    assert len(places) == 4


def test_a_scale_may_be_given_and_is_never_exceeded(tmp_path: Path) -> None:
    """An exam with little evidence stays dark; one with more than full is not cut."""
    case = make_case(tmp_path, (ViewName.LCC,))
    (heat,) = case.prediction.maps
    own = float(heat.evidence.max())
    for full, brightest in ((10 * own, 6554), (own, 65535), (own / 10, 65535)):
        image = build_map(case.origin, heat, full)
        stored = np.frombuffer(image.PixelData, "<u2")
        assert stored.max() == brightest
        window = image.SharedFunctionalGroupsSequence[0].FrameVOILUTSequence[0]
        assert float(window.WindowWidth) == pytest.approx(
            min(65535.0, 65535 * full / own), rel=1e-3
        )
        assert float(window.WindowCenter) == pytest.approx(
            float(window.WindowWidth) / 2, abs=0.1
        )


def test_the_end_of_the_scale_is_positive_without_evidence(tmp_path: Path) -> None:
    case = make_case(tmp_path, (ViewName.LCC,))
    blank = HeatMap(ViewName.LCC, np.zeros((40, 32), np.float32))
    origin = replace(case.origin, prediction=replace(case.prediction, maps=(blank,)))
    assert find_top(origin, None) == 1.0
    assert find_top(origin, 3.5) == 3.5


@pytest.mark.parametrize("name", ViewName)
def test_directions_are_those_of_the_file(name: ViewName) -> None:
    view = make_views((name,), 1, 1)[name]
    cosines = np.array(find_orientation(view))
    front = 1.0 if name.side == "L" else -1.0
    assert cosines[:3] == pytest.approx([0, -front, 0])  # -y is to the front
    assert cosines[:3] @ cosines[3:] == pytest.approx(0)
    assert np.linalg.norm(cosines[3:]) == pytest.approx(1, abs=1e-5)
    oblique = replace(view, orientation=("A", "AR"))
    for other in (oblique, replace(view, orientation=None)):
        assert find_orientation(other) == (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
