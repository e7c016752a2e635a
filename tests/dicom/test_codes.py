import pytest
from pydicom.sr.codedict import codes as dictionary

from bsgi.dicom import codes
from bsgi.dicom.header import is_uid
from bsgi.exam.record import Projection


def test_codes_are_those_of_pydicoms_dictionary() -> None:
    sct = dictionary.SCT
    for code, concept in (
        (codes.VIEW_CODES[Projection.CC], sct.CranioCaudal),
        (codes.VIEW_CODES[Projection.MLO], sct.MedioLateralObliqueProjection),
        (codes.BREAST, sct.Breast),
        (codes.SITTING, sct.Sitting),
        (codes.TECHNETIUM, sct._99mTechnetium),
        (codes.SESTAMIBI, sct.TechnetiumTc99mSestamibi),
        (codes.ERECT, dictionary.NCIt.Erect),
    ):
        assert (code.value, code.scheme) == (concept.value, concept.scheme_designator)


def test_both_obliques_are_known() -> None:
    """CID 26 and CID 4014 have different codes for the medio-lateral oblique."""
    emissive = dictionary.SCT.MedioLateralObliqueEmissiveProjection
    assert codes.SCT_PROJECTIONS[emissive.value] is Projection.MLO


@pytest.mark.parametrize("parts", [(), ("a",), ("a", 1, 740.0)])
def test_identifiers_are_valid_and_repeatable(parts: tuple[object, ...]) -> None:
    assert is_uid(codes.make_uid(*parts))
    assert codes.make_uid(*parts) == codes.make_uid(*parts)


def test_identifiers_keep_their_parts_apart() -> None:
    assert codes.make_uid("ab", "c") != codes.make_uid("a", "bc")
