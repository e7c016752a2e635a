"""The table of words: what is shipped, what a site adds, and damaged tables."""

import pickle
from pathlib import Path

import pytest

from bsgi.dicom.views.words import Meaning, Role, load_words
from bsgi.errors import ConfigError
from tests.conftest import ROOT
from tests.dicom.views.conftest import name_text

SITE = """
left = ["links", "li", "côté gauche"]
right = ["rechts", "re"]
cc = ["kranio kaudal", "乳腺 上下"]
mlo = ["medio lateral schräg"]
breast = ["Brust"]
elsewhere = ["spritze"]
ignore = ["ID Karte", "Aufnahme"]

[other]
"axilla or axillary tail" = ["achsel"]
"drain" = ["drainage"]
"""


def _save(folder: Path, text: str) -> Path:
    path = folder / "words.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_table_is_loaded_once_and_travels_to_processes() -> None:
    words = load_words()
    assert load_words() is words
    copy = pickle.loads(pickle.dumps(words))  # noqa: S301
    assert copy == words
    assert hash(copy) == hash(words)
    assert copy.meanings == words.meanings


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("links kraniokaudal", "LCC"),
        ("LINKS KRANIO-KAUDAL", "LCC"),
        ("KranioKaudal re Brust", "RCC"),
        ("Rechts, Mediolateral-SCHRÄG", "RMLO"),
        ("cote GAUCHE CC", "LCC"),
        ("乳腺上下 li", "LCC"),
        ("LCC ID-Karte 7", "LCC"),
        ("MLO re Achsel", "says axilla or axillary tail"),
        ("L CC Drainage", "says drain"),
        ("Rechts CC Spritze links", "RCC"),
        ("R MLO", "RMLO"),
    ],
)
def test_a_site_adds_its_words(text: str, found: str, tmp_path: Path) -> None:
    words = load_words(_save(tmp_path, SITE))
    assert words != load_words()
    assert found in name_text(text, words)
    if text != "R MLO":
        assert found not in name_text(text, load_words())


def test_the_example_of_the_docs_reads_four_languages(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "reference" / "dicom.md").read_text(encoding="utf-8")
    words = load_words(_save(tmp_path, page.split("```toml\n")[1].split("```")[0]))
    for text, name in (
        ("Mamma links kraniokaudal", "LCC"),
        ("re Brust mediolateral schräg", "RMLO"),
        ("rechter borst craniocaudaal", "RCC"),
        ("sein gauche, cranio-caudale", "LCC"),
        ("SEIN DROIT OBLIQUE MÉDIO-LATÉRAL", "RMLO"),
        ("mama izquierda craneocaudal", "LCC"),
        ("Mama derecha, oblicua mediolateral", "RMLO"),
    ):
        assert name_text(text, words) == name, text
    for text in ("inj. rechter Arm, CC", "bras gauche CC", "brazo derecho MLO"):
        assert name_text(text, words).startswith(("is not known", "is ambiguous"))


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("left = [", "must be TOML, but"),
        ("lefft = []", "lefft is not one of its keys, which are left, right, both"),
        ('left = "links"', 'left must be a list of phrases, such as left = ["'),
        ("left = [1]", "left.0 must hold phrases in quotation marks"),
        ('left = [""]', "left.0 must be right, but: string should have at least 1"),
        ('left = ["--"]', "left must hold words of letters, with # for any number"),
        ('left = ["l1"]', "left must hold words of letters"),
        ('left = ["#"]', "left must hold words of letters"),
        ('left = ["x"]\nright = ["X"]', "'X' must stand in one list, got right and"),
        ('ignore = ["x y"]\nright = ["xy"]', "must stand in one list"),
        ('left = ["Côte"]\ncc = ["cote"]', "must stand in one list"),
        ('left = ["rt"]', "'rt' must stand in one list, got left and right"),
        ('mlo = ["ml"]', 'must stand in one list, got mlo and other "medio-lateral"'),
        ('[other]\n"drain" = ["CC"]', 'got other "drain" and cc; a shipped word can'),
        ('[other]\n"SMITH^JANE" = ["x"]', "must be a name of 1 to 60 letters"),
        ('other = ["x"]', "other must be a table of lists of phrases, such as other."),
        ("a = " + "[" * 5000, "must be TOML"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_refused_in_a_line(
    text: str, match: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_words(_save(tmp_path, text))
    message = str(caught.value)
    assert match in message
    assert message.startswith("the table of words words.toml")
    assert message.isprintable()
    assert message.endswith(".")
    assert len(message) < 400


def test_a_table_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be opened: No such file"):
        load_words(tmp_path / "absent.toml")
    with pytest.raises(ConfigError, match="cannot be opened: Is a directory"):
        load_words(tmp_path)
    (tmp_path / "latin.toml").write_bytes('left = ["côté"]'.encode("latin-1"))
    with pytest.raises(ConfigError, match="must be a text in UTF-8"):
        load_words(tmp_path / "latin.toml")
    (tmp_path / "large.toml").write_bytes(b"#" * (2**20 + 1))
    with pytest.raises(ConfigError, match="must be smaller than 1 MiB"):
        load_words(tmp_path / "large.toml")


def test_an_empty_table_changes_nothing(tmp_path: Path) -> None:
    assert load_words(_save(tmp_path, "")) == load_words()
    assert load_words(_save(tmp_path, 'ignore = ["sinister"]')) != load_words()


def test_a_word_to_ignore_loses_its_shipped_meaning(tmp_path: Path) -> None:
    words = load_words(_save(tmp_path, 'ignore = ["bilateral", "heart"]'))
    assert words.meanings[("bilateral",)] == Meaning(Role.IGNORE)
    assert name_text("BILATERAL L CC", words) == "LCC"
    assert name_text("L ML", words).endswith("says medio-lateral.")


@pytest.mark.parametrize(
    "text",
    [
        'ignore = ["spot"]',
        'ignore = ["implant"]',
        'ignore = ["XCCL"]',
        'ignore = ["id"]',
        'ignore = ["medio lateral"]',
        'ignore = ["spot compression"]',
        'ignore = ["spot compression view"]',
        'ignore = ["spot #"]',
        'ignore = ["sp ot"]',
        'ignore = ["flood"]',
        'ignore = ["filtered"]',
        'ignore = ["tomo"]',
        'ignore = ["not"]',
        'ignore = ["wrong side"]',
        'ignore = ["llmo"]',
        'cc = ["cc spot"]',
        'mlo = ["ml view"]',
        'breast = ["breast implant"]',
        'elsewhere = ["spot inj"]',
    ],
)
def test_no_table_silences_a_word_that_refuses_images(
    text: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="another view would be taken for one of"):
        load_words(_save(tmp_path, text))
