"""A woman's name in many places of an archive, and in none of what is made of it.

The list of refused files beside an output (`OUT.rejected.csv`) is for the person who
has the originals: it names files by their paths and is not part of the output.
"""

import logging
from pathlib import Path

import pytest

from bsgi.cli.app import run
from bsgi.cohort.store import load_cohort
from bsgi.exam.record import ViewName
from bsgi.files import load_csv
from tests.intake.plant_names import (
    NAME,
    PATIENT_ID,
    SECRETS,
    Archive,
    find_secrets,
    make_named_view,
    plant_archive,
    search_folder,
    unchecked,
)
from tests.intake.plant_pixels import hide_in_pixels


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return plant_archive(tmp_path_factory.mktemp("names"))


@pytest.fixture
def said(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def test_the_name_is_in_more_than_forty_places(archive: Archive) -> None:
    assert archive.places > 100
    found = {where for where, secret in search_folder(archive.folder) if secret == NAME}
    assert len(found) >= 20  # each file by its name and by its content


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_no_name_reaches_a_cohort_or_its_check(
    archive: Archive,
    as_json: bool,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    said: pytest.LogCaptureFixture,
) -> None:
    out = tmp_path / "out" / "cohort"
    words = [str(archive.folder), "--labels", str(archive.labels), "--out", str(out)]
    json_words = ["--json"] if as_json else []
    assert run(["import", *words, *json_words]) == 0
    run(["check", str(out), *json_words])
    beside = out.with_name("cohort.rejected.csv")
    assert find_secrets(beside.read_bytes())  # by path, for whoever has the files
    beside.unlink()
    assert (row := load_cohort(out).rows[0]).label
    assert len(row.views) == 4
    assert len(load_csv(out / "rejected.csv", ("file", "reason"))) >= 5
    assert search_folder(tmp_path / "out") == []
    printed = capfd.readouterr()
    assert find_secrets((printed.out + printed.err + said.text).encode()) == []


def test_no_name_is_in_an_error(
    archive: Archive, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """An archive in which everything is refused."""
    place = tmp_path / "refused"
    place.mkdir()
    for number, path in enumerate(sorted(archive.folder.rglob("*.dcm"))):
        if b"burned" in path.name.encode() or "screen" in path.name:
            (place / f"{number}.dcm").write_bytes(path.read_bytes())
    labels = tmp_path / "labels.csv"
    labels.write_bytes(archive.labels.read_bytes())
    words = [str(place), "--labels", str(labels), "--out", str(tmp_path / "cohort")]
    assert run(["import", *words]) == 1
    assert run(["deidentify", *words]) == 1
    printed = capfd.readouterr()
    assert find_secrets((printed.out + printed.err).encode()) == []
    for name in ("cohort.rejected.csv",):
        assert find_secrets((tmp_path / name).read_bytes()) == []


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_no_name_reaches_de_identified_files(
    archive: Archive,
    as_json: bool,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    said: pytest.LogCaptureFixture,
) -> None:
    out = tmp_path / "out" / "clean"
    words = [str(archive.folder), "--labels", str(archive.labels), "--out", str(out)]
    assert run(["deidentify", *words, *(["--json"] if as_json else [])]) == 0
    beside = out.with_name("clean.rejected.csv")
    assert find_secrets(beside.read_bytes())
    beside.unlink()
    assert len(list(out.rglob("*.dcm"))) >= 4
    assert search_folder(tmp_path / "out") == []
    printed = capfd.readouterr()
    assert find_secrets((printed.out + printed.err + said.text).encode()) == []


def test_no_name_beside_pixels_is_passed_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """In bits that no pixel uses, behind a scan, a segment and a frame, in a tile."""
    source, out = tmp_path / "source", tmp_path / "clean"
    source.mkdir()
    places = {}
    with unchecked():
        dataset, _ = make_named_view(ViewName.LCC)
        for number, (place, content) in enumerate(
            hide_in_pixels(dataset, NAME.encode())
        ):
            (source / f"{number}.dcm").write_bytes(content)
            places[number] = place
    assert len(places) == 9
    assert run(["deidentify", str(source), "--out", str(out)]) == 0
    written = list(out.rglob("*.dcm"))
    rejected = load_csv(out / "rejected.csv", ("file", "reason"))
    assert len(written) + len(rejected) == len(places)
    assert written
    assert search_folder(out) == []
    printed = capfd.readouterr()
    assert find_secrets((printed.out + printed.err).encode()) == []


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """In every encoding: a search that cannot fail is none."""
    for encoding in ("utf-8", "latin-1", "utf-16-le", "utf-16-be"):
        for text in (NAME.upper(), f"x{NAME.lower()}x", PATIENT_ID):
            assert find_secrets(text.encode(encoding)), (encoding, text)
    for secret in SECRETS:
        assert find_secrets(f"<{secret}>".encode("latin-1")) == [(secret, 1)]
    (tmp_path / f"{NAME}.txt").write_text("nothing")
    assert search_folder(tmp_path) == [(f"name {NAME}.txt", NAME)]
