"""Holds a cohort to the archive that it was imported from.

It reads the files of the cohort itself, so that a reader which is wrong in the same way
as the writer hides nothing.
"""

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.archive.draft import File, Shown
from tests.archive.pictures import Counts
from tests.archive.studies import Study

REASONS = {
    "unclear": r"ambiguous|not known|not said|no attribute|could be two|contradict|"
    r"differ|names another view|another view|laterality|side|projection|view",
    "other view": r"another view|other view|could be two|ambiguous|not known|view",
    "derived": r"original|derived|secondary|copy|interpolated",
    "copy": r"copy|tomogram|transmission|window|as acquired",
    "screenshot": r"secondary capture|screenshot|modality|8[- ]bit|burned|derived",
    "flood": r"flood|quality|uniformity|breast|not known|QC",
    "tomogram": r"tomo|slice|angle|derived",
    "whole body": r"whole",
    "gated": r"gated|heart",
    "transmission": r"emission|transmission",
    "modality": r"Nuclear Medicine|modality|SOP|object|pixels",
    "body part": r"breast|body part|region",
    "burned in": r"burned",
    "lossy": r"loss",
    "pixels": r"bits|grey|colou?r|MONOCHROME|Samples|pixels",
    "blank": r"no events|empty|blank|every pixel|zero",
    "negative": r"negative",
    "identity": r"Patient ID|identifier|Study|UID",
    "length": r"bytes|declared|length|fill|decoded|damaged|truncated|cut|frames|vector",
    "damaged": r"damaged|truncated|Nuclear|modality|cannot|missing|SOP|must|no attr",
    "empty": r"empty",
    "no DICOM": r"not a DICOM|no DICOM",
    "uid clash": r"SOP Instance UID",
    "repeat": r"acquisitions",
    "heads": r"heads?|detector|mirror|orientation",
    "windows": r"window|photopeak",
    "spacing": r"spacing",
    "duration": r"long|duration|time",
    "isotope": r"Tc-99m|isotope|radionuclide",
    "anything": r".",
}
"""What the reason of a class of refusals must say, whatever its other words."""

_LEFT_OUT = re.compile(
    r"duplicate|(acquisition|copy)\b.*(left out|not kept)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that became of a file and must not."""

    kind: str
    study: str
    path: str
    found: str


@dataclass(frozen=True, slots=True)
class Taken:
    """One view of the cohort."""

    exam_id: str
    patient_id: str
    name: str
    counts: Counts
    meta: dict[str, Any]


class Imported:
    """The files of a cohort that was imported with the ids of the files."""

    def __init__(self, folder: Path) -> None:
        self.exams = _read_table(folder / "exams.csv")
        self.rejected: dict[str, list[str]] = defaultdict(list)
        for row in _read_table(folder / "rejected.csv"):
            self.rejected[row["file"]].append(row["reason"])
        self.notes = _read_table(folder / "notes.csv")
        self.views: dict[str, list[Taken]] = defaultdict(list)
        for row in self.exams:
            path = folder / "exams" / f"{row['exam_id']}.npz"
            with np.load(path, allow_pickle=False) as arrays:
                meta = json.loads(str(arrays["meta"]))["views"]
                for name in sorted(set(arrays.files) - {"meta"}):
                    taken = Taken(
                        row["exam_id"],
                        row["patient_id"],
                        name,
                        arrays[name],
                        meta[name],
                    )
                    self.views[taken.meta["source_uid"]].append(taken)

    def left_out(self, path: str) -> list[str]:
        """Notes that say that a file was left out."""
        return [
            row["note"]
            for row in self.notes
            if row["file"].startswith(path) and _LEFT_OUT.search(row["note"])
        ]


def judge(folder: Path, studies: Sequence[Study]) -> list[Failure]:
    """Everything in a cohort that is not as the archive demands."""
    imported = Imported(folder)
    files = {file.path: study for study in studies for file in study.files}
    copies = Counter(file.uid for study in studies for file in study.files)
    failures = [
        Failure("unknown file", "", path, reasons[0])
        for path, reasons in imported.rejected.items()
        if path not in files
    ]
    known = {file.uid for study in studies for file in study.files}
    failures += [
        Failure("unknown view", "", uid, "in the cohort")
        for uid in set(imported.views) - known
    ]
    for study in studies:
        for file in study.files:
            found = _judge_file(imported, study, file, copies[file.uid])
            failures += [Failure(kind, study.title, file.path, f) for kind, f in found]
        failures += _judge_exam(imported, study)
    return failures


def _judge_file(
    imported: Imported, study: Study, file: File, copies: int
) -> Iterable[tuple[str, str]]:
    taken = imported.views.get(file.uid, [])
    reasons = imported.rejected.get(file.path, [])
    left_out = imported.left_out(file.path)
    if len(reasons) > 1:
        yield "refused twice", "; ".join(reasons)
    if not taken and not reasons and not left_out:
        yield "silent loss", "neither a view nor refused nor left out"
    whole = bool(taken) and len(taken) == len(file.views)
    if copies == 1 and whole and (reasons or left_out):
        yield "in two places", (reasons or left_out)[0]
    if copies > 1 and file.verdict == "view" and not (taken and not reasons):
        yield "lost", "a copy of it should have been kept"
    if file.verdict == "refused":
        yield from ((f"wrong acceptance ({file.reason})", each.name) for each in taken)
        yield from _judge_reason(file.reason, reasons)
    elif file.verdict == "left out":
        yield from (("wrong acceptance (repeat)", each.name) for each in taken)
        if not left_out:
            yield "not left out with a note", "; ".join(reasons)
    else:
        yield from _judge_views(study, file, taken)
        if file.verdict == "view" and reasons:
            yield "wrong refusal", reasons[0]
        elif file.verdict == "either" and reasons:
            yield from _judge_reason(file.reason, reasons)


def _judge_reason(reason: str, found: Sequence[str]) -> Iterable[tuple[str, str]]:
    for text in found:
        patterns = [REASONS[each] for each in reason.split("|")]
        if not any(re.search(each, text, re.IGNORECASE) for each in patterns):
            yield f"reason is not of {reason}", text
        if "Traceback" in text or not text.isprintable() or len(text) > 300:
            yield "unreadable reason", text


def _judge_views(
    study: Study, file: File, taken: Sequence[Taken]
) -> Iterable[tuple[str, str]]:
    """Views that were taken must be shown by the file, each with its own counts."""
    shown = {view.name: view for view in file.views}
    for each in taken:
        if each.name not in shown:
            yield "wrong view", f"{each.name} instead of {'/'.join(shown)}"
            continue
        if each.patient_id != study.patient_id:
            yield "wrong patient", each.patient_id
        yield from _judge_view(shown[each.name], each)
    if file.verdict == "view" and taken and len(taken) != len(shown):
        yield "lost views", f"{len(taken)} of {len(shown)}"


def _judge_view(shown: Shown, taken: Taken) -> Iterable[tuple[str, str]]:
    if not np.array_equal(taken.counts, shown.counts):
        yield (
            "wrong counts",
            f"{shown.name}: {taken.counts.shape}, {shown.counts.shape}",
        )
    if tuple(taken.meta["heads_mirrored"]) != shown.mirrored:
        yield "wrong mirroring", f"{taken.meta['heads_mirrored']}"
    if shown.duration_s and abs(taken.meta["duration_s"] - shown.duration_s) > 1e-6:
        yield "wrong duration", f"{taken.meta['duration_s']}, not {shown.duration_s}"
    window = taken.meta["energy_window_kev"]
    if (None if window is None else tuple(window)) != shown.window_kev:
        yield "wrong window", f"{window}, not {shown.window_kev}"


def _judge_exam(imported: Imported, study: Study) -> list[Failure]:
    """All views of a study are one exam, and its notes say what they must."""
    uids = {file.uid for file in study.files if file.verdict != "refused"}
    exams = {each.exam_id for uid in uids for each in imported.views.get(uid, [])}
    failures = []
    if len(exams) > 1:
        failures.append(Failure("torn exam", study.title, "", ", ".join(exams)))
    notes = [row["note"] for row in imported.notes if row["exam_id"] in exams]
    if study.note and not any(re.search(study.note, note) for note in notes):
        failures.append(Failure("not noted", study.title, "", "; ".join(notes)))
    return failures


def tabulate(failures: Sequence[Failure], examples: int = 3) -> str:
    """Failures by kind, most frequent first, with some of each."""
    lines = []
    kinds = Counter(failure.kind for failure in failures)
    for kind, number in kinds.most_common():
        lines.append(f"{number:5} {kind}")
        some = [failure for failure in failures if failure.kind == kind][:examples]
        lines += [f"        {f.study} | {f.path} | {f.found}" for f in some]
    return "\n".join(lines)


def _read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
