"""Every file and folder of an archive is found and named, whatever it is called."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsgi.errors import CohortError, ConfigError
from bsgi.exam.record import ViewName
from bsgi.files import load_csv, load_json
from bsgi.intake.archive import LINKED, escape, list_files
from bsgi.intake.deidentified import deidentify_folder
from bsgi.intake.folder import import_folder
from bsgi.provenance import describe, save_provenance
from tests.intake.conftest import Put

Table = Callable[[str], Path]
LABELS = "patient_id,label\n00815,1\n"
CLOSED = "is a folder that cannot be opened or read to its end: "


def _rejected(path: Path) -> list[tuple[str, str]]:
    return [(row["file"], row["reason"]) for row in load_csv(path, ("file", "reason"))]


@pytest.fixture
def close(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Makes a folder unreadable, for the superuser too."""
    scan = os.scandir

    def shut(folder: Path) -> None:
        def refuse(place: Path) -> object:
            if Path(place) == folder:
                raise PermissionError(13, "Permission denied", str(folder))
            return scan(place)

        monkeypatch.setattr("bsgi.intake.archive.os.scandir", refuse)

    return shut


def _fill(source: Path, put: Put) -> None:
    """A view, a folder to close, and one behind a link."""
    put("open.dcm")
    (source / "DOE_MARY").mkdir()
    put("DOE_MARY/b.dcm", name=ViewName.RCC)
    elsewhere = source.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "c.dcm").write_bytes(b"")
    (source / "linked").symlink_to(elsewhere)


def test_folders_that_are_not_read_are_listed(
    source: Path, put: Put, close: Callable[[Path], None], table: Table, tmp_path: Path
) -> None:
    _fill(source, put)
    close(source / "DOE_MARY")
    for keep_ids in (True, False):
        out = tmp_path / f"cohort-{keep_ids}"
        summary = import_folder(source, table(LABELS), out, keep_ids=keep_ids)
        assert (summary.files, summary.views, summary.rejected) == (3, 1, 2)
        assert summary.left_out == 0
        told = load_json(out / "cohort.json")
        assert (told["files"], told["used_files"], told["rejected_files"]) == (3, 1, 2)
    reasons = [CLOSED + "Permission denied.", LINKED]
    paths = [*zip(["DOE_MARY", "linked"], reasons, strict=True)]
    assert _rejected(tmp_path / "cohort-True" / "rejected.csv") == paths
    assert _rejected(tmp_path / "cohort-False.rejected.csv") == paths
    names = ["folder 000001", "folder 000002"]
    hidden = _rejected(tmp_path / "cohort-False" / "rejected.csv")
    assert hidden == [*zip(names, reasons, strict=True)]


def test_a_de_identification_lists_them_too(
    source: Path, put: Put, close: Callable[[Path], None], tmp_path: Path
) -> None:
    _fill(source, put)
    close(source / "DOE_MARY")
    summary = deidentify_folder(source, tmp_path / "clean")
    assert (summary.files, summary.written, summary.rejected) == (3, 1, 2)
    outside = _rejected(tmp_path / "clean.rejected.csv")
    assert [file for file, _ in outside] == ["DOE_MARY", "linked"]
    inside = _rejected(tmp_path / "clean" / "rejected.csv")
    assert [file for file, _ in inside] == ["folder 000001", "folder 000002"]


def test_a_source_that_cannot_be_opened_is_said(
    source: Path, close: Callable[[Path], None]
) -> None:
    close(source)
    with pytest.raises(ConfigError, match="source cannot be read: Permission denied"):
        list_files(source)


def test_an_archive_that_has_only_closed_folders(
    source: Path, table: Table, tmp_path: Path
) -> None:
    (source / "loop").symlink_to(source)
    with pytest.raises(CohortError, match="1 times: is a link to a folder"):
        import_folder(source, table(LABELS), tmp_path / "cohort")
    assert _rejected(tmp_path / "cohort.rejected.csv") == [("loop", LINKED)]


def test_a_path_that_is_too_long_for_the_system_is_listed(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(source)
    for _ in range(20):  # 20 x 250 letters; Linux takes 4096
        Path("d" * 250).mkdir()
        os.chdir("d" * 250)
    Path("lost.dcm").write_bytes(b"")
    os.chdir(source)
    listing = list_files(source)
    assert listing.files == ()
    ((_, reason),) = listing.skipped
    assert reason == CLOSED + "File name too long."


def test_no_two_files_have_one_name(source: Path, put: Put, table: Table) -> None:
    """Names that are no UTF-8, line breaks, and names that look like an escape."""
    put("good.dcm")
    names = [
        b"M\xfcller", b"M\xf6ller", "M\u00fcller".encode(), b"M\\xfcller",
        b"a\nb", b"a\tb", b"a?b", b"a\\u000ab", "a\u200bb".encode(), b"a\\b",
    ]  # fmt: skip
    for name in names:
        Path(source, os.fsdecode(name)).write_bytes(b"")
    out = source.parent / "cohort"
    for keep_ids, path in (
        (True, out / "kept" / "rejected.csv"),
        (False, out / "hidden.rejected.csv"),
    ):
        to = out / ("kept" if keep_ids else "hidden")
        summary = import_folder(source, table(LABELS), to, keep_ids=keep_ids)
        assert (summary.files, summary.rejected) == (11, 10)
        files = [file for file, _ in _rejected(path)]
        assert len(set(files)) == 10
        assert {r"M\xfcller", "Müller", r"M\\xfcller", r"a\u000ab"} <= {*files}
        assert all(file.isprintable() for file in files)
    deidentify_folder(source, out / "clean")
    assert len({*_rejected(out / "clean.rejected.csv")}) == 10


@given(st.binary(min_size=1).filter(lambda name: b"\0" not in name))
def test_the_original_can_be_told_from_what_is_shown(name: bytes) -> None:
    r"""Read back by Python, where a byte is a surrogate and ``\x..`` stands for it."""
    shown = escape(os.fsdecode(name))
    assert shown.isprintable()
    back, rest = "", shown
    while rest:
        if not rest.startswith("\\"):
            back, rest = back + rest[0], rest[1:]
            continue
        kind, size = rest[1], {"\\": 0, "x": 2, "u": 4, "U": 8}[rest[1]]
        number, rest = rest[2 : 2 + size], rest[2 + size :]
        code = int(number, 16) if size else ord("\\")
        back += chr(code + 0xDC00 if kind == "x" else code)
    assert os.fsencode(back) == name


def test_a_cohort_is_not_made_inside_of_its_source(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    put("a.dcm")
    before = sorted(tmp_path.rglob("*"))
    link = tmp_path / "link"
    for out in (source / "cohort", source / "x" / "y", source / ".." / "source" / "c"):
        with pytest.raises(ConfigError, match=r"must lie outside of .*source; choose"):
            import_folder(source, table(LABELS), out)
    link.symlink_to(source)
    with pytest.raises(ConfigError, match="must lie outside"):
        import_folder(source, table(LABELS), link / "cohort")
    assert {*tmp_path.rglob("*")} - {*before} == {link, tmp_path / "labels.csv"}


def test_tables_of_a_de_identification_are_no_files_of_an_archive(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    put("a.dcm")
    clean = tmp_path / "clean"
    deidentify_folder(source, clean, labels=table(LABELS))
    names = {path.name for path in clean.iterdir() if path.is_file()}
    assert names == {"labels.csv", "notes.csv", "provenance.json", "rejected.csv"}
    out = tmp_path / "cohort"
    summary = import_folder(clean, clean / "labels.csv", out, keep_ids=True)
    assert (summary.files, summary.views, summary.rejected) == (1, 1, 0)
    # Elsewhere, and of another origin, such files are files like all others.
    (clean / "sub").mkdir()
    (clean / "sub" / "notes.csv").write_text("x")
    assert import_folder(clean, table(LABELS), tmp_path / "b").rejected == 1
    save_provenance(clean, describe("bsgi simulate"))
    assert import_folder(clean, table(LABELS), tmp_path / "c").rejected == 5
    (clean / "provenance.json").write_text("not one")
    assert import_folder(clean, table(LABELS), tmp_path / "d").rejected == 5
