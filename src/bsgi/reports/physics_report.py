"""`bsgi physics`: the acceptance tests as files, figures and one page."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bsgi.files import new_folder, save_csv, save_json, save_text
from bsgi.physics.acceptance.check import Check
from bsgi.physics.acceptance.run import Acceptance, Settings, run_acceptance
from bsgi.physics.transport.tables import TABLES_PATH
from bsgi.provenance import Provenance, describe, save_provenance
from bsgi.reports.page import render_page
from bsgi.reports.physics_pictures import picture_exams, picture_physics
from bsgi.reports.physics_table import COLUMNS, group_checks, list_rows, summarize
from bsgi.reports.tables import Table, build_provenance_table

Progress = Callable[[int, int, str], None]

LIMITS: Final = (
    "Most of what is expected here was computed or chosen, not measured on cameras: "
    "the letter before each source says which. A passed test shows that the simulator "
    "does what its description says, and that this agrees with the few published "
    "numbers; it does not show that a real camera or patient would look the same."
)
"""What a passed test does not say."""


@dataclass(frozen=True, slots=True)
class PhysicsSummary:
    """What `bsgi physics` found, and where it lies.

    Args:
        report: The page to open.
        passed: Tests passed.
        failed: Tests failed.
        undecided: Tests with too few exams for a verdict.
        seconds: How long they took.
        checks: All lines of the table.
    """

    report: Path
    passed: int
    failed: int
    undecided: int
    seconds: float
    checks: tuple[Check, ...]


def write_physics_report(
    out: Path, settings: Settings, progress: Progress | None = None
) -> PhysicsSummary:
    """Run the acceptance tests and write table, figures and page.

    Args:
        out: Folder to make; it must not exist, or be empty.
        settings: How the tests are run.
        progress: Called as the tests go on.

    Raises:
        OutputError: If `out` holds something.
        ConfigError: If a camera or preset cannot be simulated.
    """
    made = describe(
        "bsgi physics", seed=settings.seed, inputs={TABLES_PATH.name: TABLES_PATH}
    )
    with new_folder(out) as partial:
        found = run_acceptance(settings, progress)
        save_csv(partial / "acceptance.csv", COLUMNS, list_rows(found.checks))
        save_json(partial / "acceptance.json", _describe_result(found))
        save_provenance(partial, made)
        figures = partial / "figures"
        page = render_page(
            "physics.html",
            kind="Breast-specific gamma imaging, the simulator",
            title="Acceptance tests of the simulator",
            simulated=True,
            summary=(summarize(found.checks), _describe_run(found)),
            limits=LIMITS,
            groups=group_checks(found.checks),
            pictures=picture_physics(found, figures),
            sheets=picture_exams(settings, figures),
            provenance=_list_provenance(made, settings),
        )
        save_text(partial / "report.html", page)
    return PhysicsSummary(
        report=out / "report.html",
        passed=sum(check.conclusive and check.passed for check in found.checks),
        failed=sum(check.failed for check in found.checks),
        undecided=sum(not check.conclusive for check in found.checks),
        seconds=round(found.seconds, 1),
        checks=found.checks,
    )


def _describe_result(found: Acceptance) -> dict[str, object]:
    """What `acceptance.json` holds."""
    return {
        "simulated": True,
        "seed": found.settings.seed,
        "women_per_stratum": found.settings.imaged,
        "quick": found.settings.quick,
        "failed": sum(check.failed for check in found.checks),
        "undecided": sum(not check.conclusive for check in found.checks),
        "checks": [
            {**asdict(check), "verdict": check.verdict} for check in found.checks
        ],
    }


def _describe_run(found: Acceptance) -> str:
    """How the tests were run, in a sentence or two."""
    women = {name: len(some) for name, some in found.strata.items()}
    sampled = " and ".join(
        f"{count:,} women with {name} breasts" for name, count in women.items()
    )
    return (
        f"Background uptake was measured on the images of {sampled}; all else follows "
        "from uniform breasts, sources and repeated acquisitions. The tests took "
        f"{found.seconds:.0f} s."
    )


def _list_provenance(made: Provenance, settings: Settings) -> Table:
    chosen = {
        "Seed": str(settings.seed),
        "Women per stratum": f"{settings.imaged:,}",
    }
    return build_provenance_table(made, chosen)
