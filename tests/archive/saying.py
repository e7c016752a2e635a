"""How a file names its view: code, laterality and text, alone or together."""

from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset

from tests.archive import codes, spellings
from tests.archive.draft import Draft, item
from tests.archive.layouts import TOGETHER

FAMILIES = (*codes.FAMILIES, "private", "none")
SIDES = (
    "ImageLaterality",
    "Laterality",
    "region SCT",
    "region SRT",
    "text",
)
TEXTS = ("SeriesDescription", "ProtocolName", "ImageID", "ViewPosition")
_LONGEST = {"SeriesDescription": 64, "ProtocolName": 64, "ImageID": 16}


@dataclass(frozen=True, slots=True)
class Saying:
    """Where the files of a study say what they show.

    Args:
        family: Code family of the projection, ``private`` (a code of the maker with
            a meaning in words) or ``none``.
        side: Attribute that has the laterality.
        text: Attribute that has words.
        words: ``whole``, ``projection``, ``side`` or ``neutral``.
    """

    family: str
    side: str
    text: str
    words: str

    def settle(self, layout: str) -> "Saying":
        """The nearest saying that a file of this layout can make in full."""
        if layout in TOGETHER:
            return self
        text, side, words = self.text, self.side, self.words
        if layout == "one series":  # attributes of a series cannot tell its views
            text = text if text in {"ImageID", "ViewPosition"} else "ImageID"
            side = "ImageLaterality" if side == "Laterality" else side
        spoken = side == "text" and self.family != "private"
        if spoken or self.family == "none":
            needed = "whole" if spoken and self.family == "none" else "projection"
            needed = "side" if spoken and self.family != "none" else needed
            words = words if words in {"whole", needed} else needed
        if text == "ViewPosition" and words in {"side", "neutral"}:
            text = "ImageID"
        return Saying(self.family, side, text, words)


def say(drafts: list[Draft], saying: Saying, rng: np.random.Generator) -> None:
    """Put words and codes for their views into the files of a study."""
    for draft in drafts:
        if len(draft.views) > 1:
            _say_together(draft, saying, rng)
        else:
            say_view(draft, saying, rng)


def say_view(
    draft: Draft, saying: Saying, rng: np.random.Generator, view: str = ""
) -> None:
    """Name the view of a file that shows one."""
    name = view or draft.views[0].name
    say_projection(draft.dataset, saying.family, name, rng)
    say_side(draft.dataset, saying.side, name[0])
    setattr(draft.dataset, saying.text, choose_words(saying, name, rng))


def choose_words(saying: Saying, name: str, rng: np.random.Generator) -> str:
    """Words for a view, in a spelling that fits the attribute."""
    if saying.text == "ViewPosition":
        # A coded string: upper-case letters, digits, blanks and underscores.
        patterns = ["{p}"] if saying.words == "projection" else ["{s}{p}", "{s} {p}"]
        return spellings.spell(patterns[rng.integers(len(patterns))], name)
    patterns = {
        "whole": list(spellings.WHOLE),
        "projection": list(spellings.PROJECTION_ONLY),
        "side": list(spellings.SIDE_ONLY),
        "neutral": list(spellings.NEUTRAL),
    }[saying.words]
    longest = _LONGEST[saying.text]
    fitting = [
        text
        for text in (spellings.spell(pattern, name) for pattern in patterns)
        if len(text) <= longest
    ]
    case = spellings.CASES[rng.integers(len(spellings.CASES))]
    return str(case(fitting[rng.integers(len(fitting))]))


def say_projection(
    dataset: Dataset, family: str, name: str, rng: np.random.Generator
) -> None:
    """Put the projection's code into every detector, or where mammography has it."""
    if family == "none":
        return
    if family == "private":
        pattern = ("{s}{p}", "{s} {p}", "{side} {p}")[rng.integers(3)]
        code = (f"V{rng.integers(9)}", "99GAMMA", spellings.spell(pattern, name))
    else:
        code = codes.FAMILIES[family][name[1:]]
    if rng.random() < 0.25:
        dataset.ViewCodeSequence = [item(code)]
        return
    for detector in dataset.DetectorInformationSequence:
        detector.ViewCodeSequence = [item(code)]
        if rng.random() < 0.3:
            modifier = item(codes.NIPPLE_IN_PROFILE)
            detector.ViewCodeSequence[0].ViewModifierCodeSequence = [modifier]


def say_side(dataset: Dataset, source: str, side: str) -> None:
    """Put the laterality where the standard has it."""
    if source in {"ImageLaterality", "Laterality"}:
        setattr(dataset, source, side)
    elif source != "text":
        scheme = source.split()[1]
        region = item(codes.BREAST[scheme])
        modifier = item(codes.SIDE_CODES[scheme][side])
        region.AnatomicRegionModifierSequence = [modifier]
        dataset.AnatomicRegionSequence = [region]


def _say_together(draft: Draft, saying: Saying, rng: np.random.Generator) -> None:
    """Name four views of one file, detector by detector.

    The standard has no laterality of a detector. A code of the maker in words is what
    is left; a code with a modifier for the side may be understood or reported; without
    either nobody can know.
    """
    draft.dataset.SeriesDescription = "BREAST 4 VIEWS"
    if rng.random() < 0.5:
        draft.dataset.ImageLaterality = "B"
    detectors = draft.dataset.DetectorInformationSequence
    heads = len(detectors) // len(draft.views)
    if saying.family == "none":
        draft.refuse("unclear")
        return
    for number, detector in enumerate(detectors):
        name = draft.views[number // heads].name
        if saying.family == "private":
            words = spellings.spell(("{s}{p}", "{side} {p}")[rng.integers(2)], name)
            detector.ViewCodeSequence = [item((f"V{number}", "99GAMMA", words))]
            continue
        code = item(codes.FAMILIES[saying.family][name[1:]])
        scheme = "SRT" if "SRT" in saying.side else "SCT"
        code.ViewModifierCodeSequence = [item(codes.SIDE_CODES[scheme][name[0]])]
        detector.ViewCodeSequence = [code]
    if saying.family != "private":
        draft.allow("unclear")
