"""Every file of a folder to a view, a duplicate or a refusal; nothing is lost.

Views are read once. They wait in one temporary file that has no name, so that
the memory does not grow with the folder and nothing is left behind.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bsgi.dicom.read import ReadingRules
from bsgi.intake.choose import Refused, drop_duplicates, group_studies, list_parts
from bsgi.intake.found import Collection, FileViews, Part, RepeatRule, Study
from bsgi.intake.reading import read_files
from bsgi.intake.spool import Spool

Progress = Callable[[int, int, str], None]
"""Called with the number of files done, their total and what is being done."""


def collect_views(
    names: Mapping[Path, str],
    spool: Spool,
    progress: Progress | None = None,
    *,
    rules: ReadingRules | None = None,
    repeats: RepeatRule = RepeatRule.FIRST,
    processes: int = 1,
    name_uid: Callable[[str], str] = str,
) -> Collection:
    """Read every file and sort its views into studies.

    A view that occurs twice is kept once. Of several acquisitions of one view the rule
    keeps one, incomplete ones and other energy windows aside. Where there is no
    telling, by equal or missing times or by one identifier on two contents, none is
    kept. A refused file whose study is known is noted there.

    Args:
        names: The files, sorted, and what tables call them, from `name_files`.
        spool: Where the views wait.
        progress: Called after every file.
        rules: How the files are read.
        repeats: Which of several acquisitions of one view is kept.
        processes: How many files are read at the same time.
        name_uid: The pseudonym of a UID, which decides between equal copies.

    Raises:
        OutputError: If a process is ended from outside.
    """
    files: list[FileViews] = []
    views = 0
    for number, each in enumerate(
        read_files(names, spool, rules or ReadingRules(), processes), start=1
    ):
        files.append(each)
        views += len(each.views)
        if progress is not None:
            progress(number, len(names), f"{views} views")
    refused: Refused = []
    found = drop_duplicates((each for each in files if each.views), refused, name_uid)
    studies, others = group_studies(found, repeats, refused)
    rejected, in_part = _settle(files, studies, refused)
    kept = {item.file for study in studies for item in study.views}
    left_out = frozenset(
        each.file
        for each in files
        if each.file not in kept and each.file not in rejected
    )
    return Collection(
        studies=tuple(studies),
        rejected=rejected,
        left_out=left_out,
        files=len(names),
        in_part=in_part,
        repeats=others,
        rule=repeats,
        lost=_count_lost(files, studies),
        patients=frozenset(each.patient_id for each in files if each.patient_id),
    )


def _count_lost(files: Sequence[FileViews], studies: Sequence[Study]) -> dict[str, int]:
    """How many studies of each patient gave no view."""
    known = {(study.patient_id, study.study_uid) for study in studies}
    lost = {
        (each.patient_id, each.study_uid)
        for each in files
        if each.nuclear and each.patient_id and each.study_uid
    } - known
    return Counter(patient_id for patient_id, _ in lost)


def _settle(
    files: Sequence[FileViews], studies: Sequence[Study], refused: Refused
) -> tuple[dict[str, str], int]:
    """Say of every file that gave no view why, and note it at its exam.

    Returns:
        The reason of each file without a view, and the number of files that gave some
        of their views.
    """
    reasons: dict[str, list[str]] = defaultdict(list)
    for each in files:
        if each.refusals:
            reasons[each.file].extend(each.refusals)
    for item, reason in refused:
        for part in list_parts(item):
            reasons[part.file].append(
                f"{part.frames}: {reason}" if part.frames else reason
            )
    used = {
        part.file
        for study in studies
        for part in (
            *(item.part for item in study.views),
            *(part for part, _ in study.left_out),
        )
        if part.file in reasons
    }
    known = {(study.patient_id, study.study_uid): study for study in studies}
    rejected: dict[str, str] = {}
    in_part = 0
    for each in files:
        if each.file not in reasons:
            continue
        reason = " ".join(dict.fromkeys(reasons[each.file]))
        begin = "a part of it gave no view" if each.file in used else "gave no view"
        if each.file in used:
            in_part += 1
        else:
            rejected[each.file] = reason
        study = known.get((each.patient_id, each.study_uid))
        if study is not None:
            study.refused.append((Part(each.file), f"{begin}: {reason.rstrip('.')}"))
    return rejected, in_part
