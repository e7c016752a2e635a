"""Through a PACS and DCMTK's converters and back: the same cohort, bit for bit.

Compared with Orthanc 1.10 and DCMTK 3.6.7.
"""

import csv
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path

import numpy as np
import pytest

from bsgi.intake.folder import import_folder
from tests.archive import codes
from tests.archive.layouts import PER_VIEW
from tests.archive.studies import Maker, Study, write_archive
from tests.orthanc import PLUGIN, Server, running, running_orthanc

STORED = (codes.EXPLICIT, codes.JPEG_LS, codes.JPEG_LOSSLESS_SV1, codes.RLE)


@pytest.fixture
def orthanc(tmp_path: Path, require_program: Callable[[str], str]) -> Iterator[Server]:
    """An empty Orthanc on free ports of this machine."""
    with running_orthanc(require_program("Orthanc"), tmp_path / "orthanc") as server:
        yield server


@pytest.fixture
def archive(tmp_path: Path) -> tuple[Path, list[Study]]:
    """Polite studies of every layout, and a few that are not."""
    maker = Maker(11)
    studies = []
    for number, layout in enumerate((*PER_VIEW, "four frames", "four by two")):
        studies.append(maker.make_layout(layout, STORED[number % len(STORED)]))
    studies += [
        maker.make_fault(name, codes.EXPLICIT)
        for name in ("derived", "SR", "LLMO", "second acquisition")
    ]
    write_archive(studies, tmp_path / "source")
    return tmp_path / "source", studies


def make_cohort(source: Path, tmp_path: Path, studies: list[Study]) -> Path:
    """Import a folder with the one key of this test."""
    labels = tmp_path / "labels.csv"
    rows = sorted({f"{study.patient_id},1\n" for study in studies})
    labels.write_text("patient_id,label\n" + "".join(rows))
    out = tmp_path / f"cohort-{source.name}"
    import_folder(source, labels, out, key=tmp_path / "key")
    return out


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def assert_same(first: Path, second: Path) -> None:
    """Tables and counts are equal; numbers of files may differ, as paths do."""
    assert (first / "exams.csv").read_bytes() == (second / "exams.csv").read_bytes()
    names = [path.name for path in sorted((first / "exams").iterdir())]
    assert names == [path.name for path in sorted((second / "exams").iterdir())]
    assert len(names) >= 6
    for name in names:
        with (
            np.load(first / "exams" / name) as wanted,
            np.load(second / "exams" / name) as found,
        ):
            assert sorted(wanted) == sorted(found)
            for key in wanted:
                assert wanted[key].dtype == found[key].dtype
                np.testing.assert_array_equal(wanted[key], found[key])
    for table, columns in (("rejected.csv", ["reason"]), ("notes.csv", ["exam_id"])):
        wanted_rows, found_rows = (
            sorted([row[column] for column in columns] for row in read_rows(path))
            for path in (first / table, second / table)
        )
        assert wanted_rows == found_rows, table


def test_through_orthanc(
    orthanc: Server,
    archive: tuple[Path, list[Study]],
    tmp_path: Path,
    require_program: Callable[[str], str],
) -> None:
    """Sent with storescu; fetched with movescu, by Orthanc's interface, by DICOMweb."""
    source, studies = archive
    send(orthanc, source, require_program("storescu"))
    first = make_cohort(source, tmp_path, studies)
    folders = {name: tmp_path / name for name in ("moved", "plain", "web")}
    for folder in folders.values():
        folder.mkdir()
    move(orthanc, studies, folders["moved"], require_program)
    for uid in json.loads(orthanc.ask("instances")[0]):
        content, _ = orthanc.ask(f"instances/{uid}/file")
        (folders["plain"] / f"{uid}.dcm").write_bytes(content)
    if PLUGIN.exists():
        for study in studies:
            uid = study_uid(study)
            for number, part in enumerate(retrieve(orthanc, uid)):
                (folders["web"] / f"{uid}-{number}.dcm").write_bytes(part)
    else:
        del folders["web"]
    for folder in folders.values():
        files = sum(1 for _ in folder.iterdir())
        assert files == sum(len(study.files) for study in studies), folder.name
        assert_same(first, make_cohort(folder, tmp_path, studies))


def move(
    orthanc: Server,
    studies: list[Study],
    folder: Path,
    require_program: Callable[[str], str],
) -> None:
    """Have Orthanc send all studies to a storescp."""
    port = orthanc.receiver_port
    receive = [
        require_program("storescp"), "-aet", "RECEIVER", "+xa", "-od", str(folder),
        str(port),
    ]  # fmt: skip
    uids = "\\".join(study_uid(study) for study in studies)
    ask = [
        require_program("movescu"), "-S", "-aet", "RECEIVER", "-aec", "ORTHANC",
        "-aem", "RECEIVER", "-k", "QueryRetrieveLevel=STUDY",
        "-k", f"StudyInstanceUID={uids}", "127.0.0.1", str(orthanc.dicom_port),
    ]  # fmt: skip
    with running(receive, port, folder.parent):
        subprocess.run(ask, check=True, timeout=60)


def retrieve(orthanc: Server, uid: str) -> list[bytes]:
    """All instances of a study by WADO-RS (DICOM PS3.18 10.4)."""
    content, kind = orthanc.ask(f"dicom-web/studies/{uid}")
    message = BytesParser(policy=HTTP).parsebytes(
        f"Content-Type: {kind}\r\n\r\n".encode() + content
    )
    parts = [part.get_payload(decode=True) for part in message.iter_parts()]
    return [part for part in parts if isinstance(part, bytes)]


def study_uid(study: Study) -> str:
    """The study of a file, from its instance: `Ids.next_uid` appends a number."""
    return study.files[0].uid.rpartition(".")[0]


def send(orthanc: Server, source: Path, program: str) -> None:
    """Send a folder file by file in the syntax that each is stored in."""
    options = {codes.EXPLICIT: "-xe", codes.JPEG_LS: "-xt", codes.RLE: "-xr"}
    options[codes.JPEG_LOSSLESS_SV1] = "-xs"
    by_option: dict[str, list[str]] = {}
    for path in sorted(source.rglob("*.dcm")):
        head = path.read_bytes()[:600]
        found = [s for s in STORED if s.encode() + b"\0" * (len(s) % 2) in head]
        longest = max(found, key=len) if found else codes.EXPLICIT
        by_option.setdefault(options[longest], []).append(str(path))
    for option, paths in by_option.items():
        subprocess.run(
            [program, option, "-aec", "ORTHANC", "127.0.0.1",
             str(orthanc.dicom_port), *paths],
            check=True, timeout=60,
        )  # fmt: skip


CONVERTERS = {
    "dcmconv to implicit": ["dcmconv", "+ti"],
    "dcmconv to big endian": ["dcmconv", "+tb"],
    "dcmconv to deflated": ["dcmconv", "+td"],
    "dcmcrle": ["dcmcrle"],
    "dcmcjpeg": ["dcmcjpeg", "+e1"],
    "dcmcjpls": ["dcmcjpls", "+el"],
}


def test_converted_by_dcmtk(
    tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    """Each converter of DCMTK gives the same cohort."""
    maker = Maker(12)
    layouts = ("own series", "one series", "two heads", "two heads and windows",
               "dynamic", "own series", "four frames", "four by two")  # fmt: skip
    studies = [maker.make_layout(layout, codes.EXPLICIT) for layout in layouts]
    source = tmp_path / "source"
    write_archive(studies, source)
    first = make_cohort(source, tmp_path, studies)
    for name, (program, *options) in CONVERTERS.items():
        path = require_program(program)
        converted = tmp_path / name
        shutil.copytree(source, converted)
        for file in sorted(converted.rglob("*.dcm")):
            subprocess.run([path, *options, file, file], check=True, timeout=20)
        assert_same(first, make_cohort(converted, tmp_path, studies))
