"""How files are read on their way into a cohort."""

from pathlib import Path

import pytest

from bsgi.dicom.read import ReadingRules
from bsgi.exam.record import ViewName
from bsgi.intake.archive import list_files, name_files
from bsgi.intake.found import FileViews
from bsgi.intake.reading import read_files
from bsgi.intake.spool import open_spool
from tests.intake.conftest import Put


def _read(source: Path) -> tuple[FileViews, tuple[str, str] | None]:
    """The only file of a folder, and the orientation that its view is kept with."""
    with open_spool(source.parent) as spool:
        names = name_files(source, list_files(source).files)
        (each,) = read_files(names, spool, ReadingRules())
        if not each.views:
            return each, None
        return each, spool.load(each.views[0].place).view.orientation


@pytest.mark.parametrize("plane", [("L", "F"), ("R", "F"), ("F", "L"), ("R", "H")])
@pytest.mark.parametrize("name", ViewName)
def test_a_plane_that_cameras_write_by_default_is_not_stated(
    source: Path, put: Put, name: ViewName, plane: tuple[str, str]
) -> None:
    put("a.dcm", name=name, view={"orientation": plane})
    each, orientation = _read(source)
    assert each.refusals == ()
    assert orientation is None
    (found,) = each.views
    assert found.name is name
    assert any("it was taken as not stated" in note for note in found.notes)


def test_an_orientation_that_holds_is_kept_without_a_note(
    source: Path, put: Put
) -> None:
    made = put("a.dcm")
    each, orientation = _read(source)
    assert orientation == made.orientation
    assert each.views[0].notes == ()


def test_a_plane_that_names_the_front_and_nothing_else_is_refused(
    source: Path, put: Put
) -> None:
    put("a.dcm", view={"orientation": ("A", "P")})
    each, _ = _read(source)
    assert each.views == ()
    assert "must tell lateral from medial" in each.refusals[0]
