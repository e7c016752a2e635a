"""What becomes of each file; no file disappears."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bsgi.exam.record import ViewName
from bsgi.intake import collect
from bsgi.intake.collect import (
    Collection,
    collect_views,
    list_files,
    name_files,
    open_spool,
)
from tests.conftest import make_view
from tests.intake.conftest import Put


def _collect(source: Path, files: Sequence[Path] | None = None) -> Collection:
    with open_spool(source.parent) as spool:
        found = collect_views(name_files(source, files or list_files(source)), spool)
    _account(found)
    return found


def _account(found: Collection) -> None:
    """Every file stands in a view, in the refusals or in the notes, and once."""
    kept = [item.file for study in found.studies for item in study.views]
    rejected = [file for file, _ in found.rejected]
    left_out = [
        file for study in found.studies for file in study.files if file not in kept
    ]
    everything = kept + rejected + left_out
    assert len(everything) == len(set(everything)) == found.files


def test_counts_wait_in_the_spool(source: Path, put: Put) -> None:
    views = {name: put(f"{name}.dcm", name=name) for name in ViewName}
    with open_spool(source.parent) as spool:
        found = collect_views(name_files(source, list_files(source)), spool)
        (study,) = found.studies
        assert [item.name for item in study.views] == list(ViewName)
        for item in study.views:
            assert item.source.view.counts.size == 1
            loaded = spool.load_view(item)
            np.testing.assert_array_equal(loaded.counts, views[item.name].counts)
            assert loaded.source_uid == views[item.name].source_uid
    _account(found)


def test_a_spool_grows_into_a_file_without_a_name(
    source: Path, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "_SPOOL_BYTES", 1000)
    view = put("a.dcm")
    with open_spool(source) as spool:
        found = collect_views(name_files(source, list_files(source)), spool)
        assert [path.name for path in source.iterdir()] == ["a.dcm"]
        loaded = spool.load_view(found.studies[0].views[0])
    np.testing.assert_array_equal(loaded.counts, view.counts)


def test_a_copy_is_kept_once_and_listed(source: Path, put: Put) -> None:
    put("b/1.dcm")
    shutil.copy(source / "b" / "1.dcm", source / "a.dcm")
    found = _collect(source)
    (study,) = found.studies
    assert [item.file for item in study.views] == ["a.dcm"]
    assert study.notes == [("b/1.dcm", "duplicate of a.dcm, left out")]


def test_one_identifier_for_two_contents_is_refused(source: Path, put: Put) -> None:
    put("a.dcm", view={"source_uid": "1.2.3"})
    put("b.dcm", name=ViewName.RCC, view={"source_uid": "1.2.3"})
    found = _collect(source)
    assert found.studies == ()
    assert [reason for _, reason in found.rejected] == [
        "has the SOP Instance UID of another file, not its view."
    ] * 2


def test_of_two_acquisitions_the_first_by_time_is_kept(source: Path, put: Put) -> None:
    put("a.dcm", minutes=30)
    put("b.dcm", minutes=10)
    shutil.copy(source / "a.dcm", source / "c.dcm")
    shutil.copy(source / "b.dcm", source / "d.dcm")
    (study,) = _collect(source).studies
    assert [item.file for item in study.views] == ["b.dcm"]
    assert study.notes == [
        ("d.dcm", "duplicate of b.dcm, left out"),
        ("a.dcm", "later acquisition of LCC than b.dcm, left out"),
        ("c.dcm", "later acquisition of LCC than b.dcm, left out"),
    ]


def test_acquisitions_at_one_time_are_refused(source: Path, put: Put) -> None:
    put("a.dcm", view={"source_uid": "1.2.3"})
    put("b.dcm", view={"source_uid": "1.2.4"})
    put("c.dcm", name=ViewName.RCC)
    shutil.copy(source / "b.dcm", source / "copy.dcm")
    found = _collect(source)
    (study,) = found.studies
    assert [item.name for item in study.views] == [ViewName.RCC]
    assert sorted(file for file, _ in found.rejected) == ["a.dcm", "b.dcm", "copy.dcm"]
    assert "their times do not say which came first" in found.rejected[0][1]


def test_studies_are_by_patient_and_identifier(source: Path, put: Put) -> None:
    put("1.dcm", "a")
    put("2.dcm", "a", study=2)
    put("3.dcm", "b", ViewName.RMLO)
    put("4.dcm", "a", ViewName.RMLO)
    found = _collect(source)
    views = [(s.patient_id, [item.name for item in s.views]) for s in found.studies]
    assert sorted(views) == [("a", ["LCC"]), ("a", ["LCC", "RMLO"]), ("b", ["RMLO"])]


def test_the_order_of_the_file_system_does_not_count(source: Path, put: Put) -> None:
    for number in range(6):
        put(f"{number}.dcm", minutes=10 + number % 3, name=list(ViewName)[number // 3])
    files = list_files(source)
    first, second = _collect(source, files), _collect(source, files[::-1])
    assert [
        (study.patient_id, [item.file for item in study.views], study.notes)
        for study in first.studies
    ] == [
        (study.patient_id, [item.file for item in study.views], study.notes)
        for study in second.studies
    ]


def test_what_is_no_view_is_listed_with_its_reason(source: Path, put: Put) -> None:
    put("view.dcm")
    (source / "DICOMDIR").write_bytes(b"no")
    (source / "deep" / "er").mkdir(parents=True)
    (source / "deep" / "er" / "empty").touch()
    (source / "dangling").symlink_to("nowhere")
    (source / "loop").symlink_to(source)
    found = _collect(source)
    assert dict(found.rejected) == {
        "DICOMDIR": "is not a DICOM file: the prefix DICM is missing.",
        "dangling": "cannot be opened: No such file or directory.",
        "deep/er/empty": "is an empty file.",
    }
    assert len(found.studies) == 1


def test_names_that_are_no_text_can_be_shown(tmp_path: Path) -> None:
    path = Path(tmp_path, b"a\xff\nb".decode("utf-8", "surrogateescape"))
    assert collect.show_path(path, tmp_path) == "a\ufffd?b"


def test_progress_counts_files(source: Path, put: Put) -> None:
    put("a.dcm")
    (source / "b").touch()
    calls = []
    with open_spool(source.parent) as spool:
        collect_views(
            name_files(source, list_files(source)),
            spool,
            lambda *call: calls.append(call),
        )
    assert calls == [(1, 2, "1 views"), (2, 2, "1 views")]


def test_heads_keep_their_mirroring(source: Path, put: Put) -> None:
    counts = np.repeat(make_view(ViewName.LCC).counts, 2, axis=0)
    view = {
        "counts": counts,
        "heads_mirrored": (False, True),
        "orientation": ("A", "R"),
    }
    put("a.dcm", view=view)
    with open_spool(source.parent) as spool:
        found = collect_views(name_files(source, list_files(source)), spool)
        loaded = spool.load_view(found.studies[0].views[0])
    assert loaded.heads_mirrored == (False, True)
    assert loaded.counts.shape == counts.shape
