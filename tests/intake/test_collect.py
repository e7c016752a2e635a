"""What becomes of each file; no file disappears."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pydicom
import pytest

from bsgi.exam.record import ViewName
from bsgi.intake import spool as spools
from bsgi.intake.archive import list_files, name_files, show_path
from bsgi.intake.collect import collect_views
from bsgi.intake.found import Collection, RepeatRule, Study
from bsgi.intake.spool import Spool, open_spool
from tests.conftest import make_view
from tests.intake.conftest import Put

FIRST = RepeatRule.FIRST


def _collect(
    source: Path,
    files: Sequence[Path] | None = None,
    repeats: RepeatRule = FIRST,
    processes: int = 1,
) -> Collection:
    names = name_files(source, files or list_files(source))
    with open_spool(source.parent) as spool:
        found = collect_views(names, spool, repeats=repeats, processes=processes)
    _account(found)
    return found


def _account(found: Collection) -> None:
    """Every file gave a view, is refused or is left out, and only one of these."""
    kept = {item.file for study in found.studies for item in study.views}
    places = [*kept, *found.rejected, *found.left_out]
    assert len(places) == len(set(places)) == found.files
    said = {part.file for study in found.studies for part, _ in study.left_out}
    assert found.left_out == said - kept


def _notes(study: Study) -> list[tuple[str, str]]:
    return [(str(part), note) for part, note in study.left_out]


def _load(spool: Spool, study: Study) -> list[np.ndarray]:
    return [spool.load(item.place) for item in study.views]


def test_counts_wait_in_the_spool(source: Path, put: Put) -> None:
    views = {name: put(f"{name}.dcm", name=name) for name in ViewName}
    with open_spool(source.parent) as spool:
        found = collect_views(name_files(source, list_files(source)), spool)
        (study,) = found.studies
        assert [item.name for item in study.views] == list(ViewName)
        for item, counts in zip(study.views, _load(spool, study), strict=True):
            assert item.source.view.counts.size == 1
            np.testing.assert_array_equal(counts, views[item.name].counts)
            assert item.source.view.source_uid == views[item.name].source_uid
    _account(found)


def test_a_spool_grows_into_a_file_without_a_name(
    source: Path, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spools, "_SPOOL_BYTES", 1000)
    view = put("a.dcm")
    with open_spool(source) as spool:
        found = collect_views(name_files(source, list_files(source)), spool)
        assert [path.name for path in source.iterdir()] == ["a.dcm"]
        (counts,) = _load(spool, found.studies[0])
    np.testing.assert_array_equal(counts, view.counts)


def test_a_copy_is_kept_once_and_listed(source: Path, put: Put) -> None:
    put("b/1.dcm")
    shutil.copy(source / "b" / "1.dcm", source / "a.dcm")
    (study,) = _collect(source).studies
    assert [item.file for item in study.views] == ["a.dcm"]
    assert _notes(study) == [("b/1.dcm", "duplicate of a.dcm, left out")]


def test_a_view_that_was_sent_again_is_kept_once(source: Path, put: Put) -> None:
    """Under another UID, at another time or with none: one acquisition all the same."""
    view = put("a.dcm", minutes=20)
    for file, minutes in (("b.dcm", 20), ("c.dcm", 10), ("d.dcm", 30)):
        uid = f"1.2.3.{ord(file[0])}"
        counts = {"counts": view.counts, "source_uid": uid}
        put(file, minutes=minutes, view=counts)
    _edit(source / "d.dcm", AcquisitionTime=None, ContentTime=None)
    for rule in RepeatRule:
        found = _collect(source, repeats=rule)
        (study,) = found.studies
        assert [item.file for item in study.views] == ["c.dcm"]
        note = "duplicate of c.dcm under another SOP Instance UID, left out"
        assert sorted(_notes(study)) == [(f"{x}.dcm", note) for x in "abd"]
        assert (found.repeats, found.rejected) == (0, {})


def test_one_identifier_for_two_contents_is_refused(source: Path, put: Put) -> None:
    put("a.dcm", view={"source_uid": "1.2.3"})
    put("b.dcm", name=ViewName.RCC, view={"source_uid": "1.2.3"})
    found = _collect(source)
    assert found.studies == ()
    reason = "has the SOP Instance UID of another file, not its view."
    assert found.rejected == {"a.dcm": reason, "b.dcm": reason}


def test_the_same_counts_under_two_views_are_refused(source: Path, put: Put) -> None:
    view = put("a.dcm")
    put("b.dcm", name=ViewName.LMLO, view={"counts": view.counts})
    put("c.dcm", name=ViewName.RCC)
    put("d.dcm", "another", view={"counts": view.counts})
    found = _collect(source)
    first, second = found.studies
    assert [item.file for item in first.views + second.views] == ["c.dcm", "d.dcm"]
    assert set(found.rejected) == {"a.dcm", "b.dcm"}
    assert all("is ambiguous" in reason for reason in found.rejected.values())
    assert [str(part) for part, _ in first.refused] == ["a.dcm", "b.dcm"]


@pytest.mark.parametrize(
    ("rule", "kept", "other", "when"),
    [("first", "b.dcm", "ac", "later"), ("last", "a.dcm", "bd", "earlier")],
)
def test_of_two_acquisitions_the_rule_keeps_one(
    source: Path, put: Put, rule: str, kept: str, other: str, when: str
) -> None:
    put("a.dcm", minutes=30)
    put("b.dcm", minutes=10)
    shutil.copy(source / "a.dcm", source / "c.dcm")
    shutil.copy(source / "b.dcm", source / "d.dcm")
    found = _collect(source, repeats=RepeatRule(rule))
    (study,) = found.studies
    assert [item.file for item in study.views] == [kept]
    copy = {"a.dcm": "c.dcm", "b.dcm": "d.dcm"}[kept]
    note = f"{when} acquisition of LCC than {kept}, left out (rule: the {rule} is kept)"
    assert _notes(study) == [
        (copy, f"duplicate of {kept}, left out"),
        *((f"{letter}.dcm", note) for letter in other),
    ]
    assert (found.repeats, found.rule) == (1, rule)


def test_all_acquisitions_may_be_refused(source: Path, put: Put) -> None:
    put("a.dcm", minutes=30)
    put("b.dcm", minutes=10)
    put("c.dcm", name=ViewName.RCC)
    found = _collect(source, repeats=RepeatRule.REFUSE)
    reason = (
        "is one of 2 acquisitions of LCC in its study, and the rule for repeats is to "
        "refuse them all."
    )
    assert found.rejected == {"a.dcm": reason, "b.dcm": reason}
    (study,) = found.studies
    note = f"gave no view: {reason.rstrip('.')}"
    assert [(str(part), text) for part, text in study.refused] == [
        ("a.dcm", note),
        ("b.dcm", note),
    ]


@pytest.mark.parametrize("rule", ["first", "last"])
def test_acquisitions_at_one_time_are_refused(
    source: Path, put: Put, rule: str
) -> None:
    put("a.dcm", view={"source_uid": "1.2.3"})
    put("b.dcm", view={"source_uid": "1.2.4"})
    put("c.dcm", name=ViewName.RCC)
    shutil.copy(source / "b.dcm", source / "copy.dcm")
    found = _collect(source, repeats=RepeatRule(rule))
    (study,) = found.studies
    assert [item.name for item in study.views] == [ViewName.RCC]
    assert set(found.rejected) == {"a.dcm", "b.dcm", "copy.dcm"}
    assert f"their times do not say which came {rule}" in found.rejected["a.dcm"]


def test_a_refused_file_is_noted_at_its_exam(source: Path, put: Put) -> None:
    for name in ViewName:
        put(f"{name}.dcm", name=name)
    _edit(source / "RMLO.dcm", ImageType=["DERIVED", "SECONDARY"])
    put("other.dcm", "another")
    _edit(source / "other.dcm", ImageType=["DERIVED", "SECONDARY"])
    found = _collect(source)
    (study,) = found.studies
    assert [item.name for item in study.views] == ["LCC", "RCC", "LMLO"]
    assert set(found.rejected) == {"RMLO.dcm", "other.dcm"}
    note = f"gave no view: {found.rejected['RMLO.dcm'].rstrip('.')}"
    assert study.all_notes == [("RMLO.dcm", note)]


def test_studies_are_by_patient_and_identifier(source: Path, put: Put) -> None:
    put("1.dcm", "a")
    put("2.dcm", "a", study=2)
    put("3.dcm", "b", ViewName.RMLO)
    put("4.dcm", "a", ViewName.RMLO)
    found = _collect(source)
    views = [(s.patient_id, [item.name for item in s.views]) for s in found.studies]
    assert sorted(views) == [("a", ["LCC"]), ("a", ["LCC", "RMLO"]), ("b", ["RMLO"])]


def _describe(found: Collection) -> list[object]:
    return [
        (study.patient_id, [item.file for item in study.views], study.all_notes)
        for study in found.studies
    ]


def test_the_order_of_the_file_system_does_not_count(source: Path, put: Put) -> None:
    for number in range(6):
        put(f"{number}.dcm", minutes=10 + number % 3, name=list(ViewName)[number // 3])
    files = list_files(source)
    assert _describe(_collect(source, files)) == _describe(
        _collect(source, files[::-1])
    )


def test_the_number_of_processes_does_not_count(source: Path, put: Put) -> None:
    for number in range(20):
        put(f"{number}.dcm", str(number % 7), list(ViewName)[number % 4], study=number)
    (source / "empty").touch()
    one, two = _collect(source), _collect(source, processes=2)
    assert _describe(one) == _describe(two)
    assert one.rejected == two.rejected
    assert [item.digest for study in one.studies for item in study.views] == [
        item.digest for study in two.studies for item in study.views
    ]


def test_what_is_no_view_is_listed_with_its_reason(source: Path, put: Put) -> None:
    put("view.dcm")
    (source / "DICOMDIR").write_bytes(b"no")
    (source / "deep" / "er").mkdir(parents=True)
    (source / "deep" / "er" / "empty").touch()
    (source / "dangling").symlink_to("nowhere")
    (source / "loop").symlink_to(source)
    found = _collect(source)
    assert found.rejected == {
        "DICOMDIR": "is not a DICOM file: the prefix DICM is missing.",
        "dangling": "cannot be opened: No such file or directory.",
        "deep/er/empty": "is an empty file.",
    }
    assert len(found.studies) == 1


def test_names_that_are_no_text_can_be_shown(tmp_path: Path) -> None:
    path = Path(tmp_path, b"a\xff\nb".decode("utf-8", "surrogateescape"))
    assert show_path(path, tmp_path) == "a\ufffd?b"


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
        (loaded,) = _load(spool, found.studies[0])
    assert found.studies[0].views[0].source.view.heads_mirrored == (False, True)
    assert loaded.shape == counts.shape


def _edit(path: Path, **values: object) -> None:
    """Change attributes of a file; None deletes one."""
    dataset = pydicom.dcmread(path)
    for keyword, value in values.items():
        if value is None:
            if keyword in dataset:
                delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    dataset.save_as(path)
