import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.frames.parts import Part, find_odd, show_frames, split_views
from bsgi.dicom.frames.vectors import FrameTable, read_vectors
from bsgi.errors import DicomError
from bsgi.exam.record import ViewName
from tests.dicom.frames.conftest import build_dynamic, build_four_views, name_lcc


class _Names:
    """Names detectors by a table; a file as a whole is ambiguous."""

    def __init__(self, dataset: Dataset, names: list[ViewName | None]) -> None:
        items = dataset.DetectorInformationSequence
        self.names = {id(item): name for item, name in zip(items, names, strict=True)}

    def __call__(self, detector: Dataset | None) -> ViewName:
        name = None if detector is None else self.names[id(detector)]
        if name is None:
            raise DicomError("is ambiguous.")
        return name


def _split(
    dataset: Dataset, names: list[ViewName | None]
) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    return split_views(dataset, read_vectors(dataset), _Names(dataset, names))


def test_one_or_two_heads_are_one_view(dataset: Dataset, two_headed: Dataset) -> None:
    for each, heads in ((dataset, (1,)), (two_headed, (1, 2))):
        parts, refusals = split_views(each, read_vectors(each), name_lcc)
        assert parts == (Part(ViewName.LCC, heads),)
        assert refusals == ()


def test_a_file_of_one_head_has_one_reason(dataset: Dataset) -> None:
    def refuse(detector: Dataset | None) -> ViewName:
        raise DicomError("is ambiguous.")

    with pytest.raises(DicomError, match=r"^is ambiguous\.$"):
        split_views(dataset, read_vectors(dataset), refuse)


def test_detectors_without_frames_do_not_count(two_headed: Dataset) -> None:
    two_headed.NumberOfFrames = 1
    two_headed.DetectorVector, two_headed.EnergyWindowVector = 2, 1
    parts, _ = _split(two_headed, [None, ViewName.RCC])
    assert parts == (Part(ViewName.RCC, (2,)),)


def test_four_detectors_are_four_views() -> None:
    parts, refusals = _split(build_four_views(), list(ViewName))
    assert [(part.name, part.frame) for part in parts] == [
        (name, f"frame {number}") for number, name in enumerate(ViewName, start=1)
    ]
    assert refusals == ()


def test_heads_of_one_view_belong_together() -> None:
    names = [*ViewName, *ViewName]
    parts, refusals = _split(build_four_views(heads=2), list(names))
    assert parts[1] == Part(ViewName.RCC, (2, 6), "frames 2, 6")
    assert len(parts) == 4
    assert refusals == ()


def test_frames_that_cannot_be_named_are_refused_alone() -> None:
    parts, refusals = _split(build_four_views(), [None, *list(ViewName)[1:]])
    assert [part.name for part in parts] == list(ViewName)[1:]
    assert refusals == ("frame 1: is ambiguous.",)


def test_three_heads_of_one_view_are_refused() -> None:
    names = [ViewName.LCC] * 3
    parts, refusals = _split(build_four_views(), [*names, ViewName.RMLO])
    assert [part.name for part in parts] == [ViewName.RMLO]
    assert refusals == (
        "frames 1 to 3: must have one or two heads per view, got 3 of LCC.",
    )


@pytest.mark.parametrize(
    ("heads", "odd"),
    [
        ((1, 1, 1, 1), ()),
        ((2, 2, 2, 2), ()),
        ((2, 1, 1), ("LCC",)),
        ((2, 2, 1, 2), ("LMLO",)),
        ((2, 2, 1, 1), ("LCC", "RCC", "LMLO", "RMLO")),
        ((1, 2), ("LCC", "RCC")),
        ((2,), ()),
    ],
)
def test_views_of_a_file_have_equal_numbers_of_heads(
    heads: tuple[int, ...], odd: tuple[str, ...]
) -> None:
    parts = [
        Part(name, tuple(range(1, 1 + count)), "frames 1, 2")
        for name, count in zip(ViewName, heads, strict=False)
    ]
    found = find_odd(parts)
    assert tuple(map(str, found)) == odd
    for reason in found.values():
        assert reason.startswith("frames 1, 2: must have as many heads as the other")


def test_a_file_whose_frames_all_lack_a_name_is_refused(two_headed: Dataset) -> None:
    with pytest.raises(DicomError, match="is ambiguous"):
        _split(two_headed, [None, None])
    two_headed.DetectorInformationSequence.pop()
    two_headed.DetectorVector = [2, 3]
    with pytest.raises(DicomError, match=r"^is ambiguous\.$"):
        _split(two_headed, [None])


@pytest.mark.parametrize(
    ("heads", "text"),
    [((1,), "frames 1 to 3"), ((2,), "frames 4 to 6"), ((1, 2), "frames 1 to 6")],
)
def test_frames_are_shown_as_ranges(heads: tuple[int, ...], text: str) -> None:
    table = read_vectors(build_dynamic(2, (30.0,) * 3)[0])
    assert show_frames(table, heads) == text


def test_many_ranges_are_cut_short() -> None:
    ones = (1,) * 12
    table = FrameTable((1, 2) * 6, ones, ones, (1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6))
    assert show_frames(table, (1,)) == "frames 1, 3, 5, 7 and others"
