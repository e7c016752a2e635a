from collections.abc import Iterable

import pytest
from pydicom.sr._snomed_dict import mapping
from pydicom.sr.codedict import Collection
from pydicom.sr.codedict import codes as dictionary

from bsgi.dicom import codes
from bsgi.dicom.header import is_uid
from bsgi.exam.record import Projection, Side


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
    assert codes.PROJECTION_CODES[emissive.value] is Projection.MLO


def _values(group: str) -> set[str]:
    return {concept.value for concept in Collection(group).concepts.values()}


def test_no_view_of_mammography_is_left_out() -> None:
    known = set(codes.PROJECTION_CODES) | set(codes.OTHER_VIEW_CODES)
    assert _values("CID4014") <= known
    assert _values("CID4015") == {
        code
        for code in [*codes.MODIFIER_CODES, *codes.PLAIN_MODIFIERS]
        if code.isdecimal()
    }
    assert _values("CID244") == {code for code in codes.SIDE_CODES if code.isdecimal()}


def test_old_codes_say_the_same_as_new_ones() -> None:
    """Each code of SNOMED RT beside its successor, as pydicom maps them."""
    tables: Iterable[dict[str, object]] = (
        dict(codes.PROJECTION_CODES),
        dict(codes.OTHER_VIEW_CODES),
        dict(codes.MODIFIER_CODES),
        dict(codes.SIDE_CODES),
        dict(codes.BREAST_CODES),
        dict.fromkeys(codes.PLAIN_MODIFIERS),
    )
    for table in tables:
        for code, meaning in table.items():
            if code.isdecimal():
                assert table[mapping["SCT"][code]] == meaning
            else:
                assert table[mapping["SRT"][code]] == meaning


def test_sides_are_not_swapped() -> None:
    sct = dictionary.SCT
    assert codes.SIDE_CODES[sct.Left.value] == {Side.LEFT}
    assert codes.SIDE_CODES[sct.Right.value] == {Side.RIGHT}
    assert codes.BREAST_CODES[sct.LeftBreast.value] == {Side.LEFT}
    assert codes.BREAST_CODES[sct.RightBreast.value] == {Side.RIGHT}


@pytest.mark.parametrize(
    ("scheme", "known"),
    [("SCT", True), ("srt", True), ("SNM3", True), ("99SDM", True), ("DCM", True),
     ("", False), ("99GAMMA", False), ("LN", False)],
)  # fmt: skip
def test_schemes(scheme: str, known: bool) -> None:
    assert codes.is_snomed(scheme) is known


@pytest.mark.parametrize("parts", [(), ("a",), ("a", 1, 740.0)])
def test_identifiers_are_valid_and_repeatable(parts: tuple[object, ...]) -> None:
    assert is_uid(codes.make_uid(*parts))
    assert codes.make_uid(*parts) == codes.make_uid(*parts)


def test_identifiers_keep_their_parts_apart() -> None:
    assert codes.make_uid("ab", "c") != codes.make_uid("a", "bc")
