"""What becomes of each file; no file disappears."""

import gc
import shutil
import tempfile
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pydicom
import pytest

from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.dicom.read import ReadingRules, read_view
from bsgi.exam.record import View, ViewName
from bsgi.intake import spool as spools
from bsgi.intake.archive import list_files, name_files, show_path
from bsgi.intake.collect import collect_views
from bsgi.intake.found import Collection, RepeatRule, Study
from bsgi.intake.reading import read_files
from bsgi.intake.spool import Spool, open_spool, pack_view
from tests.conftest import make_view
from tests.intake.conftest import Put

FIRST = RepeatRule.FIRST


def _collect(
    source: Path,
    files: Sequence[Path] | None = None,
    repeats: RepeatRule = FIRST,
    processes: int = 1,
) -> Collection:
    names = name_files(source, files or list_files(source).files)
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


def _load(spool: Spool, study: Study) -> list[View]:
    return [spool.load(item.place).view for item in study.views]


def test_views_wait_in_the_spool(source: Path, put: Put) -> None:
    views = {name: put(f"{name}.dcm", name=name) for name in ViewName}
    with open_spool(source.parent) as spool:
        found = collect_views(name_files(source, list_files(source).files), spool)
        (study,) = found.studies
        assert [item.name for item in study.views] == list(ViewName)
        for item, view in zip(study.views, _load(spool, study), strict=True):
            np.testing.assert_array_equal(view.counts, views[item.name].counts)
            assert view.name is item.name
            assert view.source_uid == item.source_uid == views[item.name].source_uid
    _account(found)


def test_a_spool_grows_into_a_file_without_a_name(
    source: Path, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spools, "_SPOOL_BYTES", 1000)
    view = put("a.dcm")
    with open_spool(source) as spool:
        found = collect_views(name_files(source, list_files(source).files), spool)
        assert [path.name for path in source.iterdir()] == ["a.dcm"]
        (loaded,) = _load(spool, found.studies[0])
    np.testing.assert_array_equal(loaded.counts, view.counts)


def test_a_spool_gives_back_what_was_put_in_any_order(
    source: Path, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spools, "_SPOOL_BYTES", 40_000)
    for number in range(6):
        put(f"{number}.dcm", str(number))
    read = [read_view(path) for path in list_files(source).files]
    with open_spool(source) as spool:
        places = [spool.put(pack_view(view)) for view in read]
        for number in (5, 0, 3, 1, 4, 2):
            loaded = spool.load(places[number])
            assert pack_view(loaded) == pack_view(read[number])
            assert spool.put(pack_view(loaded)) > places[-1]


def test_what_is_kept_of_a_file_in_memory_is_small(source: Path, put: Put) -> None:
    """Counts and all that only an exam needs wait in the spool."""
    for number in range(60):
        put(f"{number}.dcm", str(number))
    names = name_files(source, list_files(source).files)
    with open_spool(source) as spool:
        _ = [each.file for each in read_files(names, spool, ReadingRules())]
        gc.collect()
        tracemalloc.start()
        try:
            files = list(read_files(names, spool, ReadingRules()))
            gc.collect()
            traced = tracemalloc.take_snapshot()
        finally:
            tracemalloc.stop()
    spooled = tracemalloc.Filter(inclusive=False, filename_pattern=tempfile.__file__)
    kept = sum(each.size for each in traced.filter_traces([spooled]).traces)
    assert len(files) == 60
    assert kept / len(files) < 1500


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


def _tell(found: Collection) -> dict[str, str]:
    """The note of each file that was left out."""
    return {str(part): note for study in found.studies for part, note in study.left_out}


@pytest.mark.parametrize("rule", list(RepeatRule))
def test_an_image_of_another_window_is_no_repeat(
    source: Path, put: Put, rule: RepeatRule
) -> None:
    """The scatter of a view, a second earlier, beside its photopeak."""
    scatter = {"energy_window_kev": (92.0, 125.0)}
    put("b.dcm", minutes=10)
    put("a.dcm", minutes=9, view=scatter)
    shutil.copy(source / "a.dcm", source / "copy.dcm")
    found = _collect(source, repeats=rule)
    (study,) = found.studies
    assert [item.file for item in study.views] == ["b.dcm"]
    note = (
        "has an energy window of 92 to 125 keV, without 140.5 keV, beside other files "
        "of LCC and is left out; b.dcm is the view"
    )
    assert _tell(found) == {"a.dcm": note, "copy.dcm": note}
    assert (found.repeats, found.rejected) == (0, {})


def test_an_image_without_the_photopeak_stays_alone(source: Path, put: Put) -> None:
    """Quality says what is wrong with it. Of several the rule keeps one."""
    for file, minutes in (("a.dcm", 9), ("b.dcm", 10)):
        put(file, minutes=minutes, view={"energy_window_kev": (92.0, 125.0)})
    put("c.dcm", name=ViewName.RCC, view={"energy_window_kev": (92.0, 125.0)})
    found = _collect(source)
    (study,) = found.studies
    assert [item.file for item in study.views] == ["a.dcm", "c.dcm"]
    assert found.repeats == 1


def test_where_no_photopeak_can_be_kept_no_scatter_is(source: Path, put: Put) -> None:
    put("a.dcm", minutes=10, view={"source_uid": "1.2.3"})
    put("b.dcm", minutes=10, view={"source_uid": "1.2.4"})
    put("c.dcm", minutes=11, view={"energy_window_kev": (92.0, 125.0)})
    found = _collect(source)
    assert found.studies == ()
    assert "without 140.5 keV" in found.rejected["c.dcm"]


def _cut(view: View, duration_s: float, share: float, uid: str) -> dict[str, object]:
    """An acquisition of the same breast, shorter or with fewer counts."""
    counts = np.floor(view.counts * share).astype(view.counts.dtype)
    return {"counts": counts, "duration_s": duration_s, "source_uid": uid}


@pytest.mark.parametrize("rule", ["first", "last"])
def test_what_was_broken_off_does_not_stand_for_the_whole(
    source: Path, put: Put, rule: str
) -> None:
    whole = put("b.dcm", minutes=20, view={"duration_s": 600.0})
    put("a.dcm", minutes=10, view=_cut(whole, 200.0, 0.3, "1.2.3"))
    put("c.dcm", minutes=30, view=_cut(whole, 200.0, 0.2, "1.2.4"))
    found = _collect(source, repeats=RepeatRule(rule))
    (study,) = found.studies
    assert [item.file for item in study.views] == ["b.dcm"]
    notes = _tell(found)
    assert set(notes) == {"a.dcm", "c.dcm"}
    begin = "incomplete acquisition of LCC: 200 s and "
    assert all(note.startswith(begin) for note in notes.values())
    assert all("counts of b.dcm; left out, whatever" in note for note in notes.values())
    assert found.repeats == 0
    refused = _collect(source, repeats=RepeatRule.REFUSE)
    assert set(refused.rejected) == {"a.dcm", "b.dcm", "c.dcm"}


def test_among_complete_acquisitions_the_rule_holds(source: Path, put: Put) -> None:
    whole = put("b.dcm", minutes=20, view={"duration_s": 600.0})
    put("a.dcm", minutes=10, view=_cut(whole, 100.0, 0.1, "1.2.3"))
    put("c.dcm", minutes=30, view=_cut(whole, 310.0, 0.6, "1.2.4"))
    for rule, kept in (("first", "b.dcm"), ("last", "c.dcm")):
        found = _collect(source, repeats=RepeatRule(rule))
        (study,) = found.studies
        assert [item.file for item in study.views] == [kept]
        assert found.repeats == 1


def test_where_time_and_counts_disagree_all_are_refused(source: Path, put: Put) -> None:
    whole = put("b.dcm", minutes=20, view={"duration_s": 200.0})
    put("a.dcm", minutes=10, view=_cut(whole, 600.0, 0.9, "1.2.3"))
    found = _collect(source)
    assert found.studies == ()
    assert "must have the longest time and the most" in found.rejected["a.dcm"]
    assert set(found.rejected) == {"a.dcm", "b.dcm"}


def test_of_equal_copies_the_pseudonym_decides(source: Path, put: Put) -> None:
    """So that it is the same copy after a de-identification with the same key."""
    view = put("a.dcm", view={"source_uid": "1.2.3"})
    put("b.dcm", view={"counts": view.counts, "source_uid": "1.2.4"})
    names = name_files(source, list_files(source).files)
    keys = [Pseudonyms(bytes([number]) * 32).name_uid for number in range(8)]
    kept = set()
    for name_uid in keys:
        with open_spool(source.parent) as spool:
            found = collect_views(names, spool, name_uid=name_uid)
        (study,) = found.studies
        uid = min("1.2.3", "1.2.4", key=name_uid)
        assert [item.source_uid for item in study.views] == [uid]
        kept.add(uid)
    assert kept == {"1.2.3", "1.2.4"}


def test_studies_without_a_view_are_counted(source: Path, put: Put) -> None:
    put("a.dcm", "a")
    for number in (2, 3, 4):
        put(f"{number}.dcm", "a", study=number)
        _edit(source / f"{number}.dcm", ImageType=["DERIVED", "SECONDARY"])
    _edit(source / "4.dcm", Modality="MG", SOPClassUID="1.2.840.10008.5.1.4.1.1.1.2")
    put("b.dcm", "b")
    _edit(source / "b.dcm", ImageType=["DERIVED", "SECONDARY"])
    found = _collect(source)
    assert found.lost == {"a": 2, "b": 1}
    assert found.patients == {"a", "b"}


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
    files = list_files(source).files
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
    assert show_path(path, tmp_path) == "a\\xff\\u000ab"


def test_progress_counts_files(source: Path, put: Put) -> None:
    put("a.dcm")
    (source / "b").touch()
    calls = []
    with open_spool(source.parent) as spool:
        collect_views(
            name_files(source, list_files(source).files),
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
        found = collect_views(name_files(source, list_files(source).files), spool)
        (loaded,) = _load(spool, found.studies[0])
    assert loaded.heads_mirrored == (False, True)
    assert loaded.counts.shape == counts.shape


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
