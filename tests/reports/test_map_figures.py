from pathlib import Path

import pytest

from bsgi.errors import CohortError, RunError
from bsgi.reports.map_figures import write_map_figures
from tests.reports.make_run import write_cohort


def test_every_map_becomes_three_figures(trained: tuple[Path, Path]) -> None:
    run, cohort = trained
    for path in sorted((run / "maps").glob("*.npz"))[2:]:
        path.unlink()
    written = write_map_figures(run, cohort, run / "maps")
    assert [path.name for path in written] == [
        "SIM00000-1-seen.svg",
        "SIM00000-1-malignant.svg",
        "SIM00000-1-benign.svg",
        "SIM00001-1-seen.svg",
        "SIM00001-1-malignant.svg",
        "SIM00001-1-benign.svg",
    ]
    assert all(path.stat().st_size > 1000 for path in written)


def test_exams_of_another_cohort_can_be_drawn(
    trained: tuple[Path, Path], tmp_path: Path
) -> None:
    for path in sorted((trained[0] / "maps").glob("*.npz"))[1:]:
        path.unlink()
    write_cohort(tmp_path / "other", exams=4, youngest=31.0)
    written = write_map_figures(trained[0], tmp_path / "other", trained[0] / "maps")
    assert len(written) == 3


def test_a_folder_without_maps_is_refused(
    trained: tuple[Path, Path], tmp_path: Path
) -> None:
    run, cohort = trained
    with pytest.raises(RunError, match="must hold heat maps"):
        write_map_figures(run, cohort, tmp_path)
    write_cohort(tmp_path / "other", exams=4)
    with pytest.raises(CohortError, match="has no exam"):
        write_map_figures(run, tmp_path / "other", run / "maps")
