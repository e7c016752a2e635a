"""Laws of spelling: each way to write a view gives that view, nothing else does."""

import random
import string
import unicodedata
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsgi.dicom.views.clues import is_plain, read_clues
from bsgi.dicom.views.words import ViewWords, load_words
from bsgi.exam.record import ViewName
from tests.dicom.views.conftest import name_text

# Written for these tests, not taken from the table that they test.
SIDES = {"L": ("L", "Lt", "Left"), "R": ("R", "Rt", "Right")}
PROJECTIONS = {
    "CC": ("CC", "Cranio-Caudal", "craniocaudal", "cranio caudal"),
    "MLO": (
        "MLO",
        "Medio-Lateral Oblique",
        "mediolateral oblique",
        "medio lateral obl.",
    ),
}
SEPARATORS = (" ", "-", "_", "/", ".", ", ", "  ", "\t", " - ", "\u2013", "\u00a0", ":")
CASES: tuple[Callable[[str], str], ...] = (str, str.upper, str.lower, str.title)
AROUND = (
    "{}", "{} 10min", "{} 10 MIN", "{}_600s", "1. {} at 10 min", "MBI {}", "{} view",
    "{} (2)",
    "Tc99m MIBI {} 10 min p.i.", "{} breast", "{} LEHR 140keV", "{} - static", "D1 {}",
    "{} 10 min post injection", "{}, inj. in right arm", "inj left arm, {}",
)  # fmt: skip


def _spell(side: str, projection: str) -> list[str]:
    """The ways to write one view."""
    ways = [
        order
        for one, other, gap in product(SIDES[side], PROJECTIONS[projection], SEPARATORS)
        for order in (f"{one}{gap}{other}", f"{other}{gap}{one}")
    ]
    for one in SIDES[side]:
        ways += [f"{one}{projection}", f"{projection}{one}"]
        ways += [f"{one} breast {projection}", f"{projection} of the {one} breast"]
        ways += [f"{one}Breast{projection}", f"{one.lower()}_breast-{projection}"]
    return ways


@pytest.mark.parametrize("name", ViewName)
def test_every_spelling_gives_its_view(name: ViewName, words: ViewWords) -> None:
    for way, change in product(_spell(name.side, name.projection), CASES):
        assert name_text(change(way), words) == name, change(way)


@pytest.mark.parametrize("name", ViewName)
def test_what_stands_around_a_view_changes_nothing(
    name: ViewName, words: ViewWords
) -> None:
    for side, around in product(SIDES[name.side], AROUND):
        for way in (f"{side}{name.projection}", f"{side} {name.projection}"):
            text = around.format(way)
            found = name_text(text, words)
            # Beside an injection a side may be that of the injection: then it is said.
            assert found == name or ("inj" in text and "ambiguous" in found), text
            assert found == name or " " in way, text


def test_numbers_may_touch_a_joined_view(words: ViewWords) -> None:
    for text in ("LCC10MIN", "1LCC", "LCC1", "lcc600s", "01_LCC_10MIN", "LCC#2"):
        assert name_text(text, words) == "LCC", text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ＲＭＬＯ", "RMLO"),  # noqa: RUF001 full width
        ("L\u0421\u0421", "LCC"),  # Cyrillic
        ("R MLO\u0301", "RMLO"),  # a combining accent
        ("R\u200bCC", "RCC"),  # a space that cannot be seen
        ("L.C.C.", "LCC"),
        ("\u202eLMLO\u202c", "LMLO"),  # marks of direction
    ],
)
def test_what_looks_the_same_is_the_same(
    text: str, name: str, words: ViewWords
) -> None:
    assert name_text(text, words) == name


# Another view in each of its spellings, and what a reason must call it.
OTHERS = {
    "medio-lateral": ("ML", "mediolateral", "Medio-Lateral", "medial lateral"),
    "latero-medial": ("LM", "lateromedial", "latero-medial"),
    "latero-medial oblique": ("LMO", "latero-medial oblique", "lateromedial oblique"),
    "lateral": ("LAT", "lateral", "true lateral"),
    "exaggerated cranio-caudal": (
        "XCC", "XCCL", "XCCM", "exaggerated CC", "cranio-caudal exaggerated laterally",
        "CC exaggerated", "CC XL", "CC LX",
    ),
    "caudo-cranial": ("FB", "caudo-cranial", "caudocranial", "from below"),
    "superolateral to inferomedial oblique": ("SIO",),
    "axilla or axillary tail": ("AX", "AXT", "axilla", "axillary tail", "AT", "MLO AT"),
    "spot compression": ("spot", "CC spot", "MLO SPOT", "CC spotmag", "CC SPCMP"),
    "magnification": ("MAG", "CC mag", "magnification"),
    "implant displaced": ("ID", "CC ID", "implant displaced", "CC implant", "eklund"),
    "cleavage": ("CV", "cleavage"),
    "tangential": ("TAN", "tangential"),
    "rolled": ("rolled lateral", "CC rolled", "CCRM"),
    "anterior": ("ANT", "anterior", "AP"),
    "posterior": ("POST", "posterior", "PA"),
    "marker": ("marker", "CC marker"),
    "medial": ("CC medial", "CC MED", "CC inner"),
    "part of the breast": ("CC outer", "CC triangle"),
    "nipple or areola": ("CC nipple", "subareolar"),
    "prone or supine": ("prone", "supine"),
    "both breasts": ("both CC", "bilateral MLO", "CC bilat"),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS)
def test_other_views_are_listed_as_such_and_never_mapped(
    kind: str, words: ViewWords
) -> None:
    for text, side, change in product(OTHERS[kind], ("L", "Left", "RT"), CASES):
        for way in (f"{side} {text}", f"{text} {side}", f"{text}-{side} 10 min"):
            found = name_text(change(way), words)
            # A side beside a word in full may be another view: "left lateral".
            assert found.startswith("is another view than CC or MLO"), change(way)
            assert found.endswith(f"says {kind}."), (change(way), found)


@pytest.mark.parametrize("side", ["L", "LT", "LEFT", "R", "RT", "RIGHT"])
@pytest.mark.parametrize("kind", ["ML", "LMO", "XCCL", "AXT", "SPOT", "CCSPOT", "CCID"])
def test_other_views_in_one_word(side: str, kind: str, words: ViewWords) -> None:
    for text in (f"{side}{kind}", f"{side}{kind}1", f"{side.lower()}{kind.lower()}"):
        found = name_text(text, words)
        assert "is another view" in found or "is ambiguous" in found, text


@pytest.mark.parametrize(
    "text",
    [
        "LLMO", "RLMO", "llmo 10min", "R OBLIQUE", "L OBL", "LO", "CC L arm",
        "INJ R CC", "R ARM L CC",
        "CC L INJ R", "L R CC", "CC MLO L", "LCC RMLO", "LCC/RCC", "LCCRCC", "R1 CC",
        "CC L5", "1 CC L",
        "R 5 CC", "R. Smith CC", "Dr L Jones MLO", "L CC R",
        "MLO left mastectomy right",
    ],
)  # fmt: skip
def test_what_could_mean_two_things_is_ambiguous(text: str, words: ViewWords) -> None:
    assert name_text(text, words).startswith("is ambiguous: ")


@pytest.mark.parametrize(
    "text",
    [
        "", "MBI", "BSGI LEHR", "R&D", "Tc99m SESTAMIBI", "at 10 min", "10min",
        "RIGHT ARM INJECTION", "LAB",
        "inj left arm", "L ANT ARM", "inj. R antecubital", "left hand vein",
        "l'hopital", "RAPID", "APR 2020",
        "left lumpectomy", "L mastectomy", "R/O lesion", "5 CC syringe", "ACC", "CCD",
        "MLOX", "CCTV", "ALL VIEWS",
    ],
)  # fmt: skip
@pytest.mark.parametrize("projection", ["", "CC", "MLO"])
def test_words_that_are_no_views_name_no_side(
    text: str, projection: str, words: ViewWords
) -> None:
    """With a projection from elsewhere the side must still be missing."""
    found = name_text(text, words, ViewPosition=projection)
    assert found.startswith(("is not known", "is ambiguous")), found
    if not projection:
        assert "side" in found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("RCC inj L arm", "RCC"),
        ("R CC L ARM", "RCC"),
        ("injected R antecubital vein, LMLO", "LMLO"),
        ("L MLO, arm up", "LMLO"),
        ("INJ IN RIGHT ARM L CC", "LCC"),
        ("L CC, right mastectomy", "LCC"),
    ],
)
def test_the_side_of_an_arm_is_not_that_of_the_breast(
    text: str, name: str, words: ViewWords
) -> None:
    assert name_text(text, words) == name


@pytest.mark.parametrize("name", ViewName)
def test_an_arm_never_gives_a_side_to_a_projection(
    name: ViewName, words: ViewWords
) -> None:
    other = "R" if name.side == "L" else "L"
    for where, place in product(
        ("arm", "hand", "foot", "antecubital vein", "forearm", "mastectomy"),
        ("{} {}", "inj {} {}", "{} {} injection", "injection in {} {}", "iv {} ant {}"),
    ):
        for side in SIDES[other]:
            about = place.format(side, where)
            for text in (f"{about} {name.projection}", f"{name.projection} {about}"):
                found = name_text(text, words)
                assert found.startswith(("is not known", "is ambiguous", "is another"))
            for text in (f"{about}, {name}", f"{name}, {about}"):
                found = name_text(text, words)
                assert found == name or found.startswith(("is ambig", "is another"))


# A complaint, a finding or a history with the side of its breast; the view's is open.
COMPLAINTS = (
    "{p} hx {s} breast ca", "{p}, prior {s} breast bx", "{p} {s} breast s/p mastectomy",
    "{p} {s} breast mastectomy", "{p} palpable abn {s} breast",
    "{p} eval {s} breast mass", "contralateral {p} {s}", "{p} {s} mamma ca",
    "{p} known ca {s} breast", "{s} breast bx {p}", "{p} h/o {s} breast lumpectomy",
    "{p} thickening of the {s} breast", "{p} opposite {s}", "{p} {s} br pain",
    "{s} breast lump, {p}", "{p} {s} breast Smith", "{p} wxyz {s} breast",
    "opp. of {s} breast lesion {p}", "{p} nodule {s} breast 3 o'clock",
    "{p}, surgical scar {s} breast", "{p} new {s} breast calcs",
)  # fmt: skip


@pytest.mark.parametrize("pattern", COMPLAINTS)
@pytest.mark.parametrize("name", ViewName)
def test_the_side_of_a_complaint_is_not_that_of_the_view(
    name: ViewName, pattern: str, words: ViewWords
) -> None:
    other = "R" if name.side == "L" else "L"
    for side in SIDES[other]:
        text = pattern.format(s=side, p=name.projection)
        assert name_text(text, words).startswith(("is not known", "is ambiguous")), text
        coded = name_text(text, words, ImageLaterality=str(name.side))
        assert coded == name or coded.startswith("is ambiguous"), text
        if pattern.startswith("{p}") and "opposite" not in pattern:
            joined = name_text(f"{name.side}{text}", words)
            assert joined == name or joined.startswith("is ambiguous"), text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("LEFT BREAST CC", "LCC"),
        ("CC of the left breast", "LCC"),
        ("inj R arm, L breast CC", "LCC"),
        ("LCC, hx R breast ca", "LCC"),
        ("RT BREAST CANCER LCC", "LCC"),
        ("L breast cc, pt rt handed", "LCC"),
    ],
)
def test_the_side_of_a_breast_is_that_of_the_view(
    text: str, name: str, words: ViewWords
) -> None:
    found = name_text(text, words)
    assert found == name or ("inj R arm" in text and "ambiguous" in found)


def test_a_breast_alone_gives_its_side_where_nothing_else_is_meant(
    words: ViewWords,
) -> None:
    for text in ("L breast", "MBI of LBREAST 10 min", "inj R arm, L breast"):
        assert name_text(text, words, ViewPosition="CC") == "LCC", text
    for text in ("Smith L breast", "L breast mass", "L breast Smith", "hx LBREAST"):
        found = name_text(text, words, ViewPosition="CC")
        assert found.startswith(("is not known", "is ambiguous")), text


@pytest.mark.parametrize(
    "text",
    [
        "NOT {}", "{} WRONG SIDE", "{} mislabeled", "{} mislabelled", "{} ABORTED",
        "{} INCOMPLETE", "{} TEST", "TEST {}", "{} reject", "REJECTED {}", "{} (bad)",
        "{} - do not use", "{} isn't", "{} motion", "{} should be other side",
        "{} positioning", "{} P-scope", "{} cancelled", "compare {}", "{} unusable",
        "{} ERR", "{} skip", "NO {}, no L breast", "{} no R",
    ],
)  # fmt: skip
def test_a_view_that_is_denied_or_spoilt_is_ambiguous(
    text: str, words: ViewWords
) -> None:
    for name, change in product(ViewName, CASES):
        found = name_text(change(text.format(name)), words)
        assert found.startswith("is ambiguous: its Series Description denies"), text
        coded = name_text(change(text.format("")), words, ImageID=str(name))
        assert coded.startswith("is ambiguous: "), text


def test_a_question_mark_asks_whether_it_is_the_view(words: ViewWords) -> None:
    for text in ("LCC?", "LCC ?", "L CC ??", "? LCC", "LCC (?)"):
        assert name_text(text, words).startswith("is ambiguous"), text
    assert name_text("LCC ?lesion", words) == "LCC"
    assert name_text("MBI?", words, ImageID="LCC") == "LCC"


_VIEW_LETTERS = st.text("LRCMOXTAIDSP -_.,'&/10", max_size=16)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=80), _VIEW_LETTERS))
def test_no_text_causes_an_error_and_each_verdict_is_one_line(text: str) -> None:
    words = load_words()
    for of_image in (False, True):
        for clue in read_clues("Series Description", text, words, of_image=of_image):
            assert clue.says_something
            assert clue.allowed
    is_plain(text, words)
    dataset_text = "".join(one for one in text if unicodedata.category(one) != "Cs")
    found = name_text(dataset_text, words)
    assert found in set(ViewName) or (found.endswith(".") and found.isprintable())


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.text(string.ascii_letters + "äéß", min_size=2, max_size=9), max_size=6),
    st.sampled_from(sorted(ViewName)),
)
def test_random_words_never_make_a_view_nor_another_one(
    others: list[str], name: str
) -> None:
    """Words that the table does not have change no side into the other one."""
    words = load_words()
    vain = [one for one in others if read_clues("", one, words) == ()]
    found = name_text(" ".join(vain), words)
    assert found.startswith(("is not known", "is another", "is ambiguous"))
    place = len(vain) // 2
    found = name_text(" ".join([*vain[:place], name, *vain[place:]]), words)
    assert found == name or found.startswith(("is another", "is ambiguous"))


def test_shuffled_words_never_give_the_other_breast(words: ViewWords) -> None:
    """A text of one side gives that side or a reason, in any order of its words."""
    rng = random.Random(6)  # noqa: S311
    text = "10 min inj arm at vein MBI of view post lesion Smith 5 D1 p.i. ant"
    filler = text.split()
    for _ in range(700):
        side, projection = rng.choice("LR"), rng.choice(("CC", "MLO"))
        parts = [side, projection, *rng.sample(filler, rng.randint(0, 5))]
        rng.shuffle(parts)
        found = name_text(" ".join(parts), words)
        assert found == f"{side}{projection}" or found.startswith("is "), parts
