"""All checks on one exam: `assess_exam`."""

from collections.abc import Callable, Mapping
from typing import Final

from bsgi.exam.quality.chest_wall import find_unstated, find_wrong_side
from bsgi.exam.quality.counts import find_blank, find_low_counts
from bsgi.exam.quality.dead import find_dead
from bsgi.exam.quality.field import find_cut_off
from bsgi.exam.quality.finding import FileFacts, Finding
from bsgi.exam.quality.hot import find_hot
from bsgi.exam.quality.look import Look, take_look
from bsgi.exam.quality.motion import find_motion
from bsgi.exam.quality.outside import find_outside
from bsgi.exam.quality.same_image import find_same_image
from bsgi.exam.quality.saturation import find_saturation
from bsgi.exam.quality.timing import find_late_start, find_unequal_times
from bsgi.exam.quality.window import find_wrong_isotope, find_wrong_window
from bsgi.exam.record import Exam, ViewName

_Checks = tuple[tuple[str, Callable[[Look], str]], ...]

_OF_COUNTS: Final[_Checks] = (
    ("low-counts", find_low_counts),
    ("saturated", find_saturation),
    ("hot-pixels", find_hot),
)
_OF_POSED: Final[_Checks] = (
    ("dead-pixels", find_dead),
    ("cut-off", find_cut_off),
    ("extravasation", find_outside),
)
_OF_STATEMENTS: Final[_Checks] = (
    ("orientation-unstated", find_unstated),
    ("window", find_wrong_window),
    ("late-start", find_late_start),
)
_OF_FILES: Final[tuple[tuple[str, Callable[[FileFacts], str]], ...]] = (
    ("isotope", find_wrong_isotope),
    ("motion", find_motion),
)
_NOTHING_SAID: Final = FileFacts()


def assess_exam(
    exam: Exam, facts: Mapping[ViewName, FileFacts] | None = None
) -> tuple[Finding, ...]:
    """Doubts about an exam, the empty tuple if there is none.

    Args:
        exam: Any exam; nothing is changed or refused.
        facts: What only the files of its views know; None if nothing is.

    Returns:
        Findings whose texts are such as ``"LCC: 61,200 counts, fewer than 100,000"``:
        those of the exam as a whole first, then in the order of the views and of the
        checks. The same exam has the same findings.

    Raises:
        ExamError: If the pose of a view cannot be told.
    """
    looks = {name: take_look(exam.views[name]) for name in exam.present()}
    found = _assess_whole(exam, looks)
    for name, look in looks.items():
        found += _assess_view(look, (facts or {}).get(name, _NOTHING_SAID))
    return tuple(found)


def assess_whole(exam: Exam) -> tuple[Finding, ...]:
    """Doubts about an exam that no single view shows.

    Args:
        exam: Any exam.

    Raises:
        ExamError: If the pose of a view cannot be told.
    """
    looks = {name: take_look(exam.views[name]) for name in exam.present()}
    return tuple(_assess_whole(exam, looks))


def _assess_whole(exam: Exam, looks: Mapping[ViewName, Look]) -> list[Finding]:
    missing = [name.value for name in ViewName if name not in exam.views]
    texts = (
        ("missing-view", f"missing {' '.join(missing)}" if missing else ""),
        ("same-image", find_same_image(looks)),
        ("unequal-times", find_unequal_times(exam)),
    )
    return [Finding(check, None, text) for check, text in texts if text]


def _assess_view(look: Look, facts: FileFacts) -> list[Finding]:
    """Doubts about one view; of a blank one only what its file states."""
    blank = find_blank(look)
    texts = [("blank", blank)]
    if not blank:
        texts = _run(_OF_COUNTS, look)
        turned = find_wrong_side(look)
        # What rests on the pose says nothing where the pose may be wrong.
        texts += [("orientation", turned)] if turned else _run(_OF_POSED, look)
    texts += _run(_OF_STATEMENTS, look)
    texts += [(check, find_in_file(facts)) for check, find_in_file in _OF_FILES]
    return [Finding(check, look.view.name, text) for check, text in texts if text]


def _run(checks: _Checks, look: Look) -> list[tuple[str, str]]:
    return [(check, find(look)) for check, find in checks]
