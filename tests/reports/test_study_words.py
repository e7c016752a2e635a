from dataclasses import replace
from pathlib import Path

import pytest

from bsgi.evaluation.design import Design
from bsgi.evaluation.estimate import Estimate
from bsgi.reports.study_folder import StudyFolder, load_study
from bsgi.reports.study_words import (
    describe_limits,
    describe_pooling,
    describe_results,
    list_study_cautions,
)


@pytest.fixture(scope="module")
def study(finished_study: tuple[Path, Path]) -> StudyFolder:
    return load_study(finished_study[0])


def with_average(study: StudyFolder, **changes: object) -> StudyFolder:
    """The study with other averages of its first method."""
    first = study.metrics.methods[0]
    assert first.average is not None
    changed = replace(first, average=replace(first.average, **changes))  # type: ignore[arg-type]
    methods = (changed, *study.metrics.methods[1:])
    return replace(study, metrics=replace(study.metrics, methods=methods))


def test_a_method_at_chance_is_said_to_be(study: StudyFolder) -> None:
    weak = with_average(study, auc=Estimate(0.6, 0.45, 0.75, "newcombe"))
    assert "not shown to be better than chance" in describe_results(weak)[0]
    clear = with_average(study, auc=Estimate(0.8, 0.6, 0.9, "newcombe"))
    assert "chance" not in describe_results(clear)[0]


@pytest.mark.parametrize(
    ("patients", "told"),
    [
        # R: binom.test(45, 45)$conf.int, binom.test(40, 45)$conf.int, and
        # binom.test(4, 4)$p.value, which is 0.125, and whose mid-P is half of it.
        (
            45,
            ("92.1 to 100.0", "75.9 to 96.3", "all 4 patients between", "p = 0.062",
             "45 test patients cannot tell"),
        ),
        (60, ()),
        (90, ()),
        (1000, ()),
    ],
)  # fmt: skip
def test_few_patients_cannot_tell_99_from_89(
    study: StudyFolder, patients: int, told: tuple[str, ...]
) -> None:
    sized = study
    for _ in study.methods:  # each method in turn is the first
        sized = with_average(sized, patients=patients)
        methods = sized.metrics.methods
        turned = replace(sized.metrics, methods=(*methods[1:], methods[0]))
        sized = replace(sized, metrics=turned)
    text = " ".join(describe_limits(sized))
    assert all(part in text for part in told)
    assert ("cannot tell" in text) == bool(told)
    assert f"tell of {patients:,} patients, not of twice as many" in text


def test_what_repeats_vary_depends_on_the_design(study: StudyFolder) -> None:
    assert "how far other first weights would" in " ".join(describe_limits(study))
    folds = replace(study, design=Design.FOLDS)
    text = " ".join(describe_limits(folds))
    assert "how far other folds and first weights would change" in text
    assert describe_pooling(folds).startswith("Curves and areas pool the scores")
    assert describe_pooling(study) == ""


def test_a_threshold_chosen_on_other_folds_is_said_to_be_not_nested(
    study: StudyFolder,
) -> None:
    assert "nested" not in " ".join(describe_limits(study))
    first = replace(study.metrics.methods[0], threshold="youden")
    methods = (first, *study.metrics.methods[1:])
    chosen = replace(study, metrics=replace(study.metrics, methods=methods))
    assert "not fully nested" in " ".join(describe_limits(chosen))


def test_several_exams_of_a_patient_are_cautioned(study: StudyFolder) -> None:
    assert list_study_cautions(study) == ()
    first = study.predictions[0]
    again = replace(first, exam_id="another")
    twice = replace(study, predictions=(*study.predictions, again))
    (caution,) = list_study_cautions(twice)
    assert caution.startswith("Some patients have several exams.")


def test_differences_are_named_with_the_better_method(study: StudyFolder) -> None:
    tests = list(study.metrics.comparisons)
    tests[1] = replace(
        tests[1], number=20, only_first=1, only_second=12, p_adjusted=0.02
    )
    rest = (replace(each, p_adjusted=1.0) for each in (*tests[:1], *tests[2:]))
    first, *others = rest
    found = (first, tests[1], *others)
    changed = replace(study, metrics=replace(study.metrics, comparisons=found))
    text = describe_results(changed)[-1]
    assert text.startswith("Of 9 paired comparisons of methods 1 shows a difference")
    assert (
        "Stacked patched autoencoder has the better sensitivity than Neural network "
        "(multilayer perceptron), p = 0.020." in text
    )
