"""The generator makes what it says: other programs read its files as it meant them."""

import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from tests.archive import codes
from tests.archive.design import LEVELS, all_pairs, cover_pairs, pairs_of
from tests.archive.draft import Ids
from tests.archive.layouts import PER_VIEW, Plan, lay_out_view
from tests.archive.pictures import PIXELS
from tests.archive.studies import FAULTS, Maker, make_archive

RNG_SEED = 3


def make_file(layout: str, pixels: str, syntax: str) -> tuple[bytes, np.ndarray]:
    rng = np.random.default_rng(RNG_SEED)
    plan = Plan(Ids("P1", 1), layout, PIXELS[pixels], syntax, "study")
    draft = lay_out_view(plan, "RMLO", 0, rng)
    assert draft.frames is not None
    return draft.finish().content, draft.frames


def test_every_pair_of_choices_is_made() -> None:
    rows = cover_pairs(np.random.default_rng(RNG_SEED))
    assert set().union(*(pairs_of(row) for row in rows)) == all_pairs()
    assert len(rows) >= len(LEVELS["missing"]) * len(LEVELS["layout"])


def test_the_same_seed_makes_the_same_archive() -> None:
    makers = [Maker(seed) for seed in (7, 7, 8)]
    first, again, other = (
        [maker.make_fault(name) for name in list(FAULTS)[:6]] for maker in makers
    )
    contents = [
        [file.content for study in studies for file in study.files]
        for studies in (first, again, other)
    ]
    assert contents[0] == contents[1]
    assert contents[0] != contents[2]


def test_no_two_files_share_a_path_and_ids_are_apart() -> None:
    rows = cover_pairs(np.random.default_rng(0))[:12]
    maker = Maker(2)
    studies = [maker.make_row(row) for row in rows]
    studies += [maker.make_fault(name) for name in FAULTS]
    paths = [file.path for study in studies for file in study.files]
    assert len(paths) == len(set(paths))
    assert make_archive.__defaults__ == (1, 2)


@pytest.mark.parametrize("pixels", PIXELS)
@pytest.mark.parametrize("syntax", codes.LOSSLESS)
def test_pixels_survive_the_syntax(pixels: str, syntax: str, tmp_path: Path) -> None:
    """As pydicom reads them; J2K by Pillow (OpenJPEG), the others of JPEG by GDCM."""
    for layout in ("two heads and windows", "own series"):
        content, frames = make_file(layout, pixels, syntax)
        dataset = dcmread(BytesIO(content))
        plugin = {codes.JPEG_2000_LOSSLESS: "pillow"}.get(syntax, "")
        if PIXELS[pixels].bits == 12 or PIXELS[pixels].signed:
            plugin = ""  # Pillow reads 16 bits without sign only
        dataset.pixel_array_options(decoding_plugin=plugin)
        found = dataset.pixel_array
        np.testing.assert_array_equal(found.reshape(frames.shape), frames)


@pytest.mark.parametrize(
    ("program", "syntax"),
    [
        ("dcmdjpeg", codes.JPEG_LOSSLESS),
        ("dcmdjpeg", codes.JPEG_LOSSLESS_SV1),
        ("dcmdjpls", codes.JPEG_LS),
        ("dcmdrle", codes.RLE),
        ("dcmconv", codes.DEFLATED),
        ("dcmconv", codes.BIG_ENDIAN),
    ],
)
@pytest.mark.parametrize("pixels", PIXELS)
def test_dcmtk_reads_the_same_counts(
    program: str,
    syntax: str,
    pixels: str,
    tmp_path: Path,
    require_program: Callable[[str], str],
) -> None:
    content, frames = make_file("two heads", pixels, syntax)
    (tmp_path / "in.dcm").write_bytes(content)
    path = require_program(program)
    option = ["+te"] if program == "dcmconv" else []
    subprocess.run([path, *option, "in.dcm", "out.dcm"], cwd=tmp_path, check=True)
    dataset = dcmread(tmp_path / "out.dcm")
    assert dataset.file_meta.TransferSyntaxUID == codes.EXPLICIT
    found = np.frombuffer(dataset.PixelData, frames.dtype)[: frames.size]
    np.testing.assert_array_equal(found.reshape(frames.shape), frames)


def test_polite_files_have_nothing_that_dciodvfy_calls_an_error_of_the_pixels(
    tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    """Errors that stay are known: attributes that old archives do not fill either."""
    program = require_program("dciodvfy")
    for layout in PER_VIEW:
        content, _ = make_file(layout, "uint16", codes.EXPLICIT)
        (tmp_path / "view.dcm").write_bytes(content)
        done = subprocess.run(
            [program, str(tmp_path / "view.dcm")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        for word in (
            "PixelData",
            "Vector",
            "NumberOfFrames",
            "Phase",
            "FrameIncrement",
        ):
            lines = [line for line in done.stderr.splitlines() if word in line]
            assert not [line for line in lines if line.startswith("Error")], lines
