"""Every file of a folder to a view, a duplicate or a refusal; nothing is lost.

Views are read once. Their counts wait in one temporary file that has no name, so that
the memory does not grow with the folder and nothing is left behind.
"""

from collections.abc import Callable, Iterable, Mapping
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
) -> Collection:
    """Read every file and sort its views into studies.

    A view that occurs twice is kept once. Of several acquisitions of one view the rule
    keeps one. Where there is no telling, by equal or missing times or by one identifier
    on two contents, none is kept. A refused file whose study is known is noted there.

    Args:
        names: The files, sorted, and what tables call them, from `name_files`.
        spool: Where the counts wait.
        progress: Called after every file.
        rules: How the files are read.
        repeats: Which of several acquisitions of one view is kept.
        processes: How many files are read at the same time.

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
    found = drop_duplicates((each for each in files if each.views), refused)
    studies, others = group_studies(found, repeats, refused)
    rejected, in_part = _settle(files, studies, refused)
    kept = {item.file for study in studies for item in study.views}
    left_out = frozenset({each.file for each in files} - kept - set(rejected))
    return Collection(
        studies=tuple(studies),
        rejected=rejected,
        left_out=left_out,
        files=len(names),
        in_part=in_part,
        repeats=others,
        rule=repeats,
    )


def _settle(
    files: Iterable[FileViews], studies: Iterable[Study], refused: Refused
) -> tuple[dict[str, str], int]:
    """Say of every file that gave no view why, and note it at its exam.

    Returns:
        The reason of each file without a view, and the number of files that gave some
        of their views.
    """
    reasons: dict[str, list[str]] = {}
    studies_of: dict[str, Study | None] = {}
    known = {(study.patient_id, study.study_uid): study for study in studies}
    for each in files:
        reasons[each.file] = list(each.refusals)
        studies_of[each.file] = known.get((each.patient_id, each.study_uid))
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
    }
    rejected: dict[str, str] = {}
    in_part = 0
    for file, said in reasons.items():
        if not said:
            continue
        reason = " ".join(dict.fromkeys(said))
        begin = "a part of it gave no view" if file in used else "gave no view"
        if file in used:
            in_part += 1
        else:
            rejected[file] = reason
        study = studies_of[file]
        if study is not None:
            study.refused.append((Part(file), f"{begin}: {reason.rstrip('.')}"))
    return rejected, in_part
