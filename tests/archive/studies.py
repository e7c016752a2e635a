"""The whole archive: polite studies, spellings, faults, and patients who are alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.archive import codes, faults, spellings, strangers
from tests.archive.design import MISSING, SLOPES, Row, cover_pairs
from tests.archive.draft import Draft, File, Ids, Verdict
from tests.archive.faults import Bench, Fault
from tests.archive.layouts import (
    PER_VIEW,
    TOGETHER,
    Plan,
    lay_out,
    lay_out_view,
    plan_study,
)
from tests.archive.pictures import PIXELS
from tests.archive.saying import FAMILIES, SIDES, TEXTS, Saying, say

FAULTS: dict[str, Fault] = {**faults.FAULTS, **strangers.FAULTS}


@dataclass(frozen=True, slots=True)
class Study:
    """One study of an archive.

    Args:
        title: What is special about it.
        patient_id: Its patient.
        files: Its files, with what must become of each.
        note: What a note of its exam must say, as a regular expression; empty if none.
    """

    title: str
    patient_id: str
    files: tuple[File, ...]
    note: str = ""


class Maker:
    """Makes studies one after the other; the same seed makes the same archive."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.number = 0

    def next_ids(self, patient_id: str = "") -> Ids:
        """Identifiers of another study."""
        self.number += 1
        return Ids(patient_id or f"E{self.number:04}", self.number)

    def pick(self, choices: Sequence[str]) -> str:
        """One of several, at random."""
        return choices[int(self.rng.integers(len(choices)))]

    def make_row(self, row: Row) -> Study:
        """A study of the design."""
        ids = self.next_ids()
        folder = f"study-{ids.number:04}"
        plan = Plan(ids, row.layout, PIXELS[row.pixels], row.syntax, folder)
        drafts = lay_out(plan, self.rng)
        saying = Saying(row.family, row.side, row.text, row.words).settle(row.layout)
        say(drafts, saying, self.rng)
        for draft in drafts:
            MISSING[row.missing](draft)
            SLOPES[row.slope](draft.dataset)
        title = " | ".join(str(getattr(row, name)) for name in Row.__slots__)
        return _finish(title, ids, drafts)

    def make_polite(
        self, patient_id: str = "", layout: str = "own series", syntax: str = ""
    ) -> tuple[Bench, Ids]:
        """A study with nothing wrong, before it is written."""
        ids = self.next_ids(patient_id)
        drawn = self.pick(codes.LOSSLESS)
        plan = plan_study(ids, layout, self.rng, syntax or drawn)
        saying = Saying(
            self.pick(FAMILIES[:-1]), self.pick(SIDES[:-1]), self.pick(TEXTS), "whole"
        ).settle(layout)
        drafts = lay_out(plan, self.rng)
        say(drafts, saying, self.rng)
        return Bench(plan, saying, drafts, self.rng), ids

    def make_layout(self, layout: str, syntax: str) -> Study:
        """A study of a layout in one transfer syntax, with nothing wrong."""
        ids = self.next_ids()
        plan = plan_study(ids, layout, self.rng, syntax)
        family = "private" if layout in TOGETHER else self.pick(FAMILIES[:-1])
        saying = Saying(family, "ImageLaterality", self.pick(TEXTS), "whole")
        drafts = lay_out(plan, self.rng)
        say(drafts, saying.settle(layout), self.rng)
        return _finish(f"{layout} in {syntax}", ids, drafts)

    def make_fault(self, name: str, syntax: str = "") -> Study:
        """A study that a fault has struck."""
        bench, ids = self.make_polite(layout=self.pick(PER_VIEW[:4]), syntax=syntax)
        FAULTS[name](bench)
        return _finish(name, ids, bench.drafts)

    def make_spelled(self, pattern: str) -> Study:
        """A study whose words alone say what it shows."""
        bench, ids = self._make_wordless()
        case = spellings.CASES[self.number % len(spellings.CASES)]
        for draft in bench.drafts:
            text = str(case(spellings.spell(pattern, draft.views[0].name)))
            draft.dataset.SeriesDescription = text
        return _finish(f"spelled {pattern!r}", ids, bench.drafts)

    def make_word(
        self, text: str, view: str, verdict: Verdict, reason: str, *, coded: bool
    ) -> Study:
        """A study of one file with a text, and with or without codes for the view."""
        ids = self.next_ids()
        plan = plan_study(ids, "own series", self.rng)
        draft = lay_out_view(plan, view, 0, self.rng)
        if coded:
            family, side = self.pick(FAMILIES[:-2]), self.pick(SIDES[:-1])
            say([draft], Saying(family, side, "ProtocolName", "neutral"), self.rng)
        draft.dataset.SeriesDescription = text
        draft.verdict, draft.reason = verdict, reason
        return _finish(f"text {text!r}{' and codes' * coded}", ids, [draft])

    def _make_wordless(self) -> tuple[Bench, Ids]:
        ids = self.next_ids()
        plan = plan_study(ids, "own series", self.rng)
        saying = Saying("none", "text", "SeriesDescription", "whole")
        return Bench(plan, saying, lay_out(plan, self.rng), self.rng), ids


def _finish(title: str, ids: Ids, drafts: Iterable[Draft], note: str = "") -> Study:
    files = tuple(draft.finish() for draft in drafts)
    return Study(title, ids.patient_id, files, note)


def make_words(maker: Maker) -> list[Study]:
    """Every text that people type, alone and beside codes."""
    studies = [maker.make_spelled(pattern) for pattern in spellings.WHOLE]
    for text, view in spellings.EXACT.items():
        studies.append(maker.make_word(text, view, "view", "", coded=False))
    for text, view in (spellings.PERHAPS | spellings.TRAPS).items():
        studies.append(maker.make_word(text, view, "either", "unclear", coded=False))
    for text, view in spellings.TRAPS.items():
        studies.append(maker.make_word(text, view, "either", "unclear", coded=True))
    refused = spellings.OTHER + spellings.AMBIGUOUS + spellings.DENIALS
    for number, pattern in enumerate(refused):
        view = codes.VIEWS[number % 4]
        text = spellings.spell(pattern, view)
        studies += [
            maker.make_word(text, view, "refused", "other view", coded=coded)
            for coded in (False, True)
        ]
    for number, pattern in enumerate(spellings.COPIES):
        text = spellings.spell(pattern, codes.VIEWS[number % 4])
        studies.append(
            maker.make_word(
                text, codes.VIEWS[number % 4], "refused", "copy", coded=True
            )
        )
    for number, pattern in enumerate(spellings.SEVERAL):
        view = codes.VIEWS[number % 4]
        text = spellings.spell(pattern, view)
        studies.append(maker.make_word(text, view, "refused", "unclear", coded=False))
        studies.append(maker.make_word(text, view, "either", "unclear", coded=True))
    for text in spellings.NEUTRAL:
        studies.append(maker.make_word(text, "LCC", "refused", "unclear", coded=False))
        studies.append(maker.make_word(text, "RMLO", "view", "", coded=True))
    return studies


def make_alike(maker: Maker) -> list[Study]:
    """Patients who are one or two: ids with zeros, two studies, two ids of a woman."""
    studies = []
    for patient_id in ("00815", "815", "0815"):
        bench, ids = maker.make_polite(patient_id)
        studies.append(_finish(f"patient id {patient_id}", ids, bench.drafts))
    for day in ("20210614", "20220103"):
        bench, ids = maker.make_polite("TWICE")
        for draft in bench.drafts:
            draft.dataset.StudyDate = draft.dataset.AcquisitionDate = day
        studies.append(_finish("two studies of a patient", ids, bench.drafts))
    for patient_id in ("MARY-1", "MARY-2"):
        bench, ids = maker.make_polite(patient_id)
        for draft in bench.drafts:
            draft.dataset.PatientName = ("DOE^MARY", "Doe^Mary ")[
                patient_id == "MARY-2"
            ]
            draft.dataset.PatientBirthDate = "19510203"
        note = r"(two|another|other|several) (patient )?ids?|same (woman|name)"
        studies.append(_finish("one woman under two ids", ids, bench.drafts, note))
    return studies


def make_archive(seed: int = 1, repeats: int = 2) -> list[Study]:
    """Hundreds of studies: every pair of choices, every text, every fault.

    Args:
        seed: Of everything that is drawn.
        repeats: How often each fault strikes.
    """
    maker = Maker(seed)
    studies = [maker.make_row(row) for row in cover_pairs(maker.rng)]
    studies += make_words(maker)
    studies += [maker.make_fault(name) for name in FAULTS for _ in range(repeats)]
    studies += make_alike(maker)
    directory = strangers.make_directory_file("2.25.99")
    return [*studies, Study("the disc's directory", "", (directory,))]


def write_archive(studies: Iterable[Study], folder: Path) -> None:
    """Put the files of studies into a folder."""
    for study in studies:
        for file in study.files:
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)
