import re
from pathlib import Path

import pytest

from bsgi.errors import ConfigError
from bsgi.exam.record import ViewName
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.population.preset import Preset, find_preset, shipped_presets

each_preset = pytest.mark.parametrize("name", shipped_presets())


def _write(folder: Path, text: str, name: str = "mine.toml") -> str:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    return str(path)


@each_preset
def test_every_preset_can_be_read_and_says_what_it_is(name: str) -> None:
    preset = find_preset(name)
    assert preset.name == name
    assert preset.title
    assert preset.camera in CAMERAS
    assert 0 < preset.malignant_share < 1
    for mix, malignant in ((preset.malignant, True), (preset.benign, False)):
        assert mix.malignant is malignant
        assert sum(part.share for part in mix.parts) == pytest.approx(1.0)


def test_the_papers_preset_is_the_papers() -> None:
    paper = find_preset("paper")
    assert (paper.exams, paper.count_malignant(231), paper.dose_mbq) == (231, 87, 740.0)
    assert paper.camera == "dilon-6800-gp"
    shares = {part.histology.name: part.share for part in paper.malignant.parts}
    assert shares["IDC"] == pytest.approx(96 / 117)
    invisible = sum(p.share * p.histology.invisible for p in paper.malignant.parts)
    assert invisible == pytest.approx(0.04, abs=0.005)
    invisible = sum(p.share * p.histology.invisible for p in paper.benign.parts)
    assert invisible == pytest.approx(0.65, abs=0.01)


def test_every_camera_has_a_preset_of_the_papers_women() -> None:
    presets = [find_preset(name) for name in shipped_presets()]
    cameras = {preset.camera for preset in presets if preset.women_of == "paper"}
    assert cameras == set(CAMERAS)
    for name in ("easy", "screening", "hard"):
        assert find_preset(name).women_of == name


def _same_but(preset: Preset, other: Preset) -> set[str]:
    return {
        field
        for field in Preset.__dataclass_fields__
        if getattr(preset, field) != getattr(other, field)
    }


def test_a_file_says_what_differs(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        'extends = "paper"\ndose_mbq = 500\n[women]\nimplant_share = 0.5\n'
        "[protocol]\nview_s = 300.0\nframe_s = 30.0\n",
    )
    mine, paper = find_preset(path), find_preset("paper")
    differs = {"name", "title", "women_of", "dose_mbq", "women", "protocol"}
    assert _same_but(mine, paper) == differs
    assert (mine.name, mine.dose_mbq) == ("mine.toml", 500.0)
    assert mine.title == "own preset, extends paper"
    assert mine.women.gland_share_median == paper.women.gland_share_median
    assert (mine.protocol.view_s, mine.protocol.frame_s) == (300.0, 30.0)
    assert mine.protocol.uptake_s == paper.protocol.uptake_s


def test_histologies_are_replaced_as_a_whole(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        'extends = "paper"\nown_women = true\n[malignant_lesions]\n'
        "histologies = { DCIS = 1 }\ninvisible = 0.5\n",
    )
    mine = find_preset(path)
    (part,) = mine.malignant.parts
    assert (part.histology.name, part.histology.invisible) == ("DCIS", 0.5)
    assert mine.malignant.multifocal == 0.113


# Everything that may be changed without changing a woman.
@pytest.mark.parametrize(
    "text",
    [
        "",
        'camera = "dilon-6800-hr"\ndose_mbq = 5.0\nexams = 9\nmalignant = 2',
        "[protocol]\nview_s = 30.0",
        "[women]\nimplant_share = 0.0\n[benign_lesions]\nshare = 1.0",
    ],
)
@pytest.mark.parametrize("base", ["paper", "nm750b-150", "screening", "easy"])
def test_the_women_stay_who_they_are(tmp_path: Path, base: str, text: str) -> None:
    mine = find_preset(_write(tmp_path, f'extends = "{base}"\n{text}'))
    changed = base in {"screening", "easy"} and "benign_lesions" in text
    assert (mine.women_of == find_preset(base).women_of) is not changed


CHANGES = (
    "own_women = true",
    "[women]\ngland_share_median = 0.2",
    "[women]\nmastectomy_share = 0.1",
    "[malignant_lesions]\nnode = 0.2",
    "[malignant_lesions]\nhistologies = { DCIS = 12, IDC = 96 }",
    "[malignant_lesions]\nhistologies = { IDC = 96, DCIS = 12 }",
    "[benign_lesions]\nshare = 0.9",
    "[benign_lesions]\ndepth = [0.1, 0.8]",
)


def test_other_women_have_a_name_of_their_own_whatever_the_file_is_called(
    tmp_path: Path,
) -> None:
    names = []
    for number, text in enumerate(CHANGES):
        whole = f'extends = "paper"\n{text}'
        files = (f"{number}.toml", "paper.toml", "My women.toml", "own.toml")
        paths = [_write(tmp_path / str(number), whole, name) for name in files]
        (found,) = {find_preset(path).women_of for path in paths}
        names.append(found)
    assert len(set(names)) == len(CHANGES)
    assert all(re.fullmatch("own[0-9a-f]{8}", name) for name in names)


def test_camera_and_dose_do_not_change_own_women(tmp_path: Path) -> None:
    text = 'extends = "{}"\n[women]\nimplant_share = 0.5'
    one = find_preset(_write(tmp_path, text.format("paper"), "one.toml"))
    two = find_preset(_write(tmp_path, text.format("lumagem-150"), "two.toml"))
    assert one.camera != two.camera
    assert one.women_of == two.women_of


def test_our_presets_share_women_only_if_they_are_the_same() -> None:
    presets = [find_preset(name) for name in shipped_presets()]
    groups = {(preset.women_of, preset.definition) for preset in presets}
    assert len(groups) == len({name for name, _ in groups}) == 4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dose_mbq = ", r"mine\.toml must be TOML, but"),
        (
            'extends = "papper"',
            r'extends must be one of .*paper.*, got "papper"; a file of your own',
        ),
        ('extends = "paper"\nown_women = 1', "own_women must be true or false, got 1"),
        ('extends = "paper"\ndose = 1.0', "dose is not a key of a preset; did you"),
        ('extends = "paper"\ndose_mbq = "much"', "dose_mbq must be a number, got"),
        ('extends = "paper"\ndose_mbq = -1', "dose_mbq must be greater than 0, got"),
        ('extends = "paper"\nwomen = 3', "women must be a table, got 3"),
        (
            'extends = "paper"\n[women]\nimplants = 0.1',
            "women.implants is not a key of a preset; did you mean implant_share",
        ),
        (
            'extends = "paper"\n[women]\nbackground = [0.5, 0.1, 0.1, 0.1]',
            "background must sum to 1",
        ),
        (
            'extends = "paper"\n[women]\nbackground = [0.5, 0.0, 0.3, 0.2]',
            "women.background.1 must be at least 1e-06, got 0.0",
        ),
        (
            'extends = "paper"\n[malignant_lesions]\ndepth = [0.0, 0.5]',
            "malignant_lesions.depth.0 must be at least 0.05, got 0.0",
        ),
        (
            'extends = "paper"\n[benign_lesions]\ndepth = [0.5, 0.96]',
            "benign_lesions.depth.1 must be at most 0.95, got 0.96",
        ),
        (
            'extends = "paper"\n[malignant_lesions.diameter_mm]\nmedian = 50.0\n'
            "spread = 1.5\nlowest = 20.0\nhighest = 90.5",
            "malignant_lesions.diameter_mm.highest must be at most 90",
        ),
        (
            'extends = "paper"\n[benign_lesions.extent_mm]\nmedian = 50.0\n'
            "spread = 1.5\nlowest = 20.0\nhighest = 100.0",
            "benign_lesions.extent_mm.highest must be at most 90",
        ),
        (
            'extends = "paper"\n[malignant_lesions]\nhistologies = { papilloma = 1 }',
            'malignant_lesions.histologies must be of IDC.*, got "papilloma"',
        ),
        (
            'extends = "paper"\n[benign_lesions.ratio]\nmedian = 9.0\nspread = 1.2\n'
            "lowest = 1.0\nhighest = 3.0",
            "benign_lesions.ratio.median must lie between lowest and highest, got 9.0",
        ),
        (
            'extends = "paper"\n[protocol]\nframe_s = 0.5',
            "frame_s must give 1 to 1000 frames",
        ),
        ('extends = "paper"\ncamera = "anger"', "mine.toml: camera must be one of"),
        (
            'extends = "paper"\nmalignant = 300',
            "malignant must be 0 to 231, .*got 300; give",
        ),
        ('title = "all alone"', r"the key camera must be there.*more\)"),
    ],
)
def test_a_wrong_file_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = _write(tmp_path, text)
    with pytest.raises(ConfigError, match=says) as caught:
        find_preset(path)
    assert "\n" not in str(caught.value)


MORE_FAULTS = (
    ("[protocol]", 'order = ["RMLO", "LMLO", "RCC", "X"]', "each of LCC, RCC, LMLO"),
    ("[protocol]", 'order = ["RMLO", "LMLO", "RCC"]', "each of LCC, RCC, LMLO, RMLO"),
    ("[protocol]", "order = [1]", "protocol.order must .* each of LCC, RCC, LMLO"),
    ("[protocol]", "frame_s = inf", "protocol.frame_s must be 0.001 to 86400 s"),
    ("[protocol]", "view_s = 1e9", "protocol.view_s must be 0.001 to 86400 s"),
    ("[protocol]", "motion_mm = 51.0", "protocol.motion_mm must be 0 to 50"),
    ("[malignant]", "node = 0.1", r"are \[malignant_lesions\] and"),
    ("[malignant_lesions]", "histologies = { IDC = 0 }", "histologies must have a sh"),
    ("[malignant_lesions]", "histologies = {}", "must name at least one kind"),
    (
        "[malignant_lesions]",
        "multifocal = 0.6\nmulticentric = 0.5",
        r"lesions.multifocal and malignant_lesions.multicentric .*0.6 \+ 0.5 = 1.1",
    ),
    (
        "[women]",
        "implant_share = 0.6\nmastectomy_share = 0.5",
        r"women.implant_share and women.mastectomy_share .*0.6 \+ 0.5 = 1.1",
    ),
    ("[women]", "background = [0.5, 0.2, 0.3]", "must be four shares.*, got 3"),
    ("[women]", "background = [0.2, 0.2, 0.2, 0.2, 0.2]", "four shares.*, got 5"),
    ("[malignant_lesions]", "depth = [0.5]", "depth must be two depths.*, got 1"),
    ("[malignant_lesions]", "depth = [0.5, 0.4]", "must rise, got 0.5 to 0.4"),
    ("", "dose_mbq = 20000.0", "dose_mbq must be at most 10000, got 20000.0"),
    ("", "dose_mbq = nan", "dose_mbq must be finite, got nan"),
    ("", 'extends = "mine.toml"', "a file of your own cannot be extended"),
)


@pytest.mark.parametrize(("table", "text", "says"), MORE_FAULTS)
def test_a_wrong_value_is_named_with_file_and_key(
    tmp_path: Path, table: str, text: str, says: str
) -> None:
    base = "" if "extends" in text else 'extends = "paper"\n'
    path = _write(tmp_path, f"{base}{table}\n{text}")
    with pytest.raises(ConfigError, match=says) as caught:
        find_preset(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    for foreign in ("Input", "valid", "pydantic", "ViewName", "Table(", "("):
        assert foreign not in message.removeprefix(path).replace("s (a day)", "")


def test_views_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = 'extends = "paper"\n[protocol]\norder = ["RMLO", "LMLO", "RCC", "LCC"]'
    order = find_preset(_write(tmp_path, text)).protocol.order
    assert order == (ViewName.RMLO, ViewName.LMLO, ViewName.RCC, ViewName.LCC)


def test_a_title_of_the_file_is_kept(tmp_path: Path) -> None:
    text = 'extends = "paper"\ntitle = "mine"'
    assert find_preset(_write(tmp_path, text)).title == "mine"


def test_names_and_paths_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    (tmp_path / "none").write_text('extends = "paper"')
    for name in (
        str(tmp_path / "missing.toml"),
        "",
        str(tmp_path / "none"),
        "a\0.toml",
    ):
        with pytest.raises(
            ConfigError, match=r"preset must be one of .* ends in \.toml"
        ):
            find_preset(name)
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(ConfigError, match=r"folder\.toml must be a file, got a folder"):
        find_preset(str(tmp_path / "folder.toml"))
    with pytest.raises(ConfigError, match="must be a file that can be read, got: "):
        find_preset("a" * 300 + ".toml")
    path = _write(tmp_path, 'extends = "paper"', "bytes.toml")
    Path(path).write_bytes(b"\xff\xfe")
    with pytest.raises(
        ConfigError, match=r"bytes\.toml must be UTF-8 text, but byte 0"
    ):
        find_preset(path)
