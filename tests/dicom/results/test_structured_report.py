"""The report as others read it: highdicom's templates and DCMTK's dsrdump."""

import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import highdicom.sr
import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes as dictionary

from bsgi.dicom.codes import Code
from bsgi.dicom.results import codes
from bsgi.dicom.results.write import write_results
from bsgi.exam.prediction import HeatMap
from bsgi.exam.record import Projection, ViewName
from tests.dicom.conftest import make_header
from tests.dicom.results.conftest import Written
from tests.dicom.results.exams import MOMENT, make_case


@pytest.fixture(scope="module")
def content(written: Written) -> highdicom.sr.MeasurementReport:
    """The report as highdicom understands it."""
    report = highdicom.sr.srread(written[1]["report"])
    assert isinstance(report, highdicom.sr.ComprehensiveSR)
    assert isinstance(report.content, highdicom.sr.MeasurementReport)
    return report.content


Group = highdicom.sr.MeasurementsAndQualitativeEvaluations
Values = dict[tuple[str, str], float]


def read_values(group: Group) -> Values:
    return {
        (item.name.value, item.unit.value): item.value
        for item in group.get_measurements()
    }


def test_highdicom_reads_the_same_values_of_the_exam(
    written: Written, content: highdicom.sr.MeasurementReport
) -> None:
    prediction = written[0].prediction
    exam, *_ = content.get_image_measurement_groups()
    assert prediction.probability is not None
    assert prediction.probability_interval is not None
    low, high = prediction.probability_interval
    values = read_values(exam)
    # Bit for bit: what the decimal string cuts off stands beside it.
    assert values["111047", "%"] == 100 * prediction.probability
    assert values["PROB-LOW", "%"] == 100 * low
    assert values["PROB-HIGH", "%"] == 100 * high
    assert values["SCORE", "1"] == prediction.score
    ratios = [
        item.value for item in exam.get_measurements() if item.name.value == "LR-ASYM"
    ]
    assert ratios == [prediction.values.left_over_right[each] for each in Projection]
    (decision,) = exam.get_qualitative_evaluations()
    assert decision.name.value == "DECISION"
    assert decision.value == highdicom.sr.CodedConcept(
        "REFER", "99BSGI", "No decision, refer to a physician"
    )
    assert len(exam.source_images) == 4


def test_highdicom_reads_the_same_values_of_each_view(
    written: Written, content: highdicom.sr.MeasurementReport
) -> None:
    case, _ = written
    _, *groups = content.get_image_measurement_groups()
    assert [group.tracking_identifier for group in groups] == list(case.views)
    for name, group in zip(case.views, groups, strict=True):
        values = case.prediction.values.views[name]
        assert read_values(group) == {
            ("LBR", "{ratio}"): values.lesion_to_background,
            ("COUNTS-AREA", "{counts}/cm2"): values.counts_per_cm2,
        }
        (site,) = group.finding_sites
        assert site.value == dictionary.SCT.Breast
        assert site.laterality is not None
        assert site.laterality.meaning == {"L": "Left", "R": "Right"}[name.side]
        (image,) = group.source_images
        assert image.referenced_sop_instance_uid == case.views[name].source_uid


def test_regions_lie_around_the_maximum_in_the_source(
    written: Written, content: highdicom.sr.MeasurementReport
) -> None:
    case, _ = written
    groups = content.get_planar_roi_measurement_groups()
    assert len(groups) == 4
    for heat, group in zip(case.prediction.maps, groups, strict=True):
        roi = group.roi
        assert isinstance(roi, highdicom.sr.ImageRegion)
        assert roi.graphic_type.value == "ELLIPSE"
        row, col = np.unravel_index(heat.evidence.argmax(), heat.evidence.shape)
        assert np.allclose(roi.value.mean(axis=0), (col + 0.5, row + 0.5), atol=0.5)
        reference = roi.ContentSequence[0].ReferencedSOPSequence[0]
        assert reference.ReferencedSOPInstanceUID == case.views[heat.view].source_uid
        assert reference.ReferencedFrameNumber == 1  # of two heads the first
        (measured,) = group.get_measurements()
        assert measured.name == dictionary.DCM.GradientWeightedClassActivation
        assert measured.value == heat.evidence.max()
        assert measured.derivation == dictionary.SCT.Maximum


def walk(dataset: Dataset) -> Iterator[Dataset]:
    yield dataset
    for item in dataset.get("ContentSequence", []):
        yield from walk(item)


def test_it_names_the_algorithm_and_says_what_must_be_said(written: Written) -> None:
    case, paths = written
    texts = [
        (item.ConceptNameCodeSequence[0].CodeValue, item.TextValue)
        for item in walk(dcmread(paths["report"]))
        if item.get("ValueType") == "TEXT"
    ]
    assert ("111001", case.prediction.method) in texts
    assert any(code == "111003" and text.startswith("bsgi ") for code, text in texts)
    assert ("111002", f"model bundle sha256 {'0123456789abcdef' * 4}") in texts
    assert ("111002", "precision float32") in texts
    assert ("USE", "Research use only, not a medical device") in texts
    assert ("TRAINING", "Trained on simulated exams") in texts
    assert ("ORIGIN", "Simulated images, not of a patient") in texts
    assert tuple(t for c, t in texts if c == "REASON") == case.prediction.reasons


def test_evidence_lists_every_source_once(written: Written) -> None:
    case, paths = written
    report = dcmread(paths["report"])
    (study,) = report.CurrentRequestedProcedureEvidenceSequence
    (series,) = study.ReferencedSeriesSequence
    source = dcmread(case.files[ViewName.LCC])
    assert study.StudyInstanceUID == source.StudyInstanceUID
    assert series.SeriesInstanceUID == source.SeriesInstanceUID
    assert [item.ReferencedSOPInstanceUID for item in series.ReferencedSOPSequence] == [
        view.source_uid for view in case.views.values()
    ]


def test_dsrdump_reads_the_same_values(
    written: Written, require_program: Callable[[str], str]
) -> None:
    case, paths = written
    done = subprocess.run(
        [require_program("dsrdump"), "+Pl", "+Pc",
         paths["report"]],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert not re.search(r"^[EF]: ", done.stderr, re.MULTILINE), done.stderr
    found = [
        (code, float(number), unit)
        for code, number, unit in re.findall(
            r'NUM:\(([^,]+),[^)]*\)="([^"]+)" \(([^,]+),UCUM', done.stdout
        )
    ]
    prediction = case.prediction
    assert prediction.probability is not None
    assert prediction.probability_interval is not None
    low, high = prediction.probability_interval
    expected: list[tuple[str, float | None, str]] = [
        ("111047", 100 * prediction.probability, "%"),
        ("PROB-LOW", 100 * low, "%"),
        ("PROB-HIGH", 100 * high, "%"),
        ("SCORE", prediction.score, "1"),
        *(
            ("LR-ASYM", ratio, "{ratio}")
            for ratio in prediction.values.left_over_right.values()
        ),
    ]
    for values in prediction.values.views.values():
        expected.append(("LBR", values.lesion_to_background, "{ratio}"))
        expected.append(("COUNTS-AREA", values.counts_per_cm2, "{counts}/cm2"))
    expected += [
        ("130403", float(heat.evidence.max()), "1") for heat in prediction.maps
    ]
    assert [item[::2] for item in found] == [item[::2] for item in expected]
    assert [item[1] for item in found] == pytest.approx(
        [item[1] for item in expected], rel=1e-12
    )
    assert '"Research use only, not a medical device"' in done.stdout
    assert "(REFER,99BSGI," in done.stdout


def test_codes_are_those_of_the_dictionary() -> None:
    """Values of public codes are known to pydicom, under the same meanings."""
    public = [
        code
        for code in vars(codes).values()
        if isinstance(code, Code) and code.scheme in {"DCM", "SCT", "UCUM"}
    ]
    assert len(public) > 30
    for code in [*public, *codes.DECISIONS.values(), *codes.SIDES.values()]:
        if code.scheme not in {"DCM", "SCT"} or code.meaning == "Source":
            continue
        concepts = getattr(dictionary, code.scheme).concepts.values()
        meanings = {each.meaning for each in concepts if each.value == code.value}
        assert code.meaning in meanings


def test_private_codes_are_listed_once_and_in_the_reference() -> None:
    values = [code.value for code in codes.PRIVATE_CODES]
    assert len(set(values)) == len(values)
    private = [
        code
        for code in vars(codes).values()
        if isinstance(code, Code) and code.scheme == codes.PRIVATE_SCHEME
    ]
    assert set(private) == set(codes.PRIVATE_CODES)
    root = Path(__file__).parents[3]
    reference = (root / "docs/reference/dicom-results.md").read_text(encoding="utf-8")
    for code in codes.PRIVATE_CODES:
        assert len(code.value) <= 16
        assert f"| {code.value} | {code.meaning} |" in reference


def test_a_map_without_evidence_has_no_region(tmp_path: Path) -> None:
    case = make_case(
        tmp_path / "source", (ViewName.LCC,), header=replace(make_header())
    )
    blank = HeatMap(ViewName.LCC, np.zeros((40, 32), np.float32))
    prediction = replace(case.prediction, maps=(blank,))
    report, *_ = write_results(prediction, case.sources, tmp_path, moment=MOMENT)
    content = highdicom.sr.srread(report).content
    assert isinstance(content, highdicom.sr.MeasurementReport)
    assert content.get_planar_roi_measurement_groups() == []
