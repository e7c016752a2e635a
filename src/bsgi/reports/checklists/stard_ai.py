"""STARD-AI: reporting of diagnostic accuracy studies that use artificial intelligence.

References:
    Sounderajah et al. 2025, Nature Medicine 31:3283, doi 10.1038/s41591-025-03953-8.
    Bossuyt et al. 2015, STARD 2015, doi 10.1136/bmj.h5527.
"""

from typing import Final

from bsgi.reports.checklists.item import Checklist, ChecklistItem, Fact

_DESIGN = "Methods: study design and ethics"
_PEOPLE = "Methods: participants"
_DATA = "Methods: dataset"
_TESTS = "Methods: test methods"
_ANALYSIS = "Methods: analysis"
_FOUND = "Results: participants and dataset"
_RESULTS = "Results: test results"
_OTHER = "Other information"

STARD_AI: Final = Checklist(
    key="stard-ai",
    title="STARD-AI",
    about="Diagnostic accuracy of a test that uses artificial intelligence.",
    source="Sounderajah et al., Nature Medicine 2025, doi 10.1038/s41591-025-03953-8",
    verified="Numbers and topics of all items were compared with two public "
    "transcriptions of the list, which agree; the published table itself was not "
    "compared. The words are ours.",
    items=(
        ChecklistItem(
            "1", "Title or abstract",
            "Named as a study of diagnostic accuracy of artificial intelligence, "
            "with a measure of accuracy.",
        ),
        ChecklistItem("2", "Abstract", "Structured summary."),
        ChecklistItem(
            "3", "Introduction",
            "Background, intended use of the test and its place in the workflow.",
        ),
        ChecklistItem("4", "Introduction", "Objectives and hypotheses."),
        ChecklistItem(
            "5", _DESIGN, "Were data collected before or after the tests were planned?",
            (Fact.SIMULATED,), "for patients: prospective or retrospective",
        ),
        ChecklistItem("6", _DESIGN, "Approval by an ethics committee, or why none."),
        ChecklistItem(
            "7", _PEOPLE, "Who and which data were eligible.",
            (Fact.REFUSED,), "criteria by which patients were chosen",
        ),
        ChecklistItem("8", _PEOPLE, "How eligible patients were identified."),
        ChecklistItem(
            "9", _PEOPLE, "Where and when they were identified.",
            (Fact.DEVICES,), "settings, places and dates",
        ),
        ChecklistItem("10", _PEOPLE, "A consecutive, random or convenience series?"),
        ChecklistItem(
            "11", _DATA, "Where the data come from and for what they were collected.",
            (Fact.SIMULATED, Fact.COHORT), "source and purpose of data of patients",
        ),
        ChecklistItem(
            "12", _DATA, "Who annotated the data, with what experience and how.",
            (Fact.REFERENCE,), "who set the labels, from what",
        ),
        ChecklistItem(
            "13", _DATA, "Devices and software that took the images.",
            (Fact.DEVICES, Fact.SOFTWARE), "software of the cameras",
        ),
        ChecklistItem(
            "14", _DATA, "Acquisition protocol and preprocessing.",
            (Fact.PREPROCESSING, Fact.CHARACTERISTICS),
            "acquisition protocol, beyond dose and views",
        ),
        ChecklistItem(
            "15a", _TESTS, "The test, in detail that allows to repeat it.",
            (Fact.MODEL, Fact.SOFTWARE, Fact.AVAILABILITY), "",
        ),
        ChecklistItem(
            "15b", _TESTS, "How it was developed: training, tuning and test data.",
            (Fact.TRAINING, Fact.WEIGHTS, Fact.PARTS), "",
        ),
        ChecklistItem(
            "15c", _TESTS, "Thresholds, and whether they were fixed before.",
            (Fact.THRESHOLD, Fact.OPERATING_POINTS), "why this threshold",
        ),
        ChecklistItem("15d", _TESTS, "Who is to use the test, with what expertise."),
        ChecklistItem(
            "16a", _TESTS, "The reference standard, so that it can be repeated.",
            (Fact.REFERENCE,), "how pathology was established",
        ),
        ChecklistItem("16b", _TESTS, "Why this reference standard."),
        ChecklistItem("16c", _TESTS, "Categories of the reference standard.",
                      (Fact.REFERENCE,), "which diagnoses count as malignant"),
        ChecklistItem(
            "17a", _TESTS, "What those who did the test knew of the reference.",
            (Fact.PARTS,), "what readers knew, if there are any",
        ),
        ChecklistItem(
            "17b", _TESTS, "What those who set the reference knew of the test.",
        ),
        ChecklistItem(
            "18", _ANALYSIS, "How measures of accuracy were estimated and compared.",
            (Fact.MEASURES,), "",
        ),
        ChecklistItem(
            "19", _ANALYSIS, "Indeterminate results.", (Fact.ABSTENTION,),
            "results of the reference standard that were indeterminate",
        ),
        ChecklistItem(
            "20", _ANALYSIS, "Missing data of the test and of the reference standard.",
            (Fact.MISSING, Fact.REFUSED), "why they are missing",
        ),
        ChecklistItem(
            "21", _ANALYSIS, "How variability was analysed, planned or explored.",
            (Fact.VARIABILITY, Fact.SUBGROUPS), "what was planned before",
        ),
        ChecklistItem(
            "22", _ANALYSIS, "Intended sample size and how it was determined.",
            (Fact.POWER, Fact.TESTED), "how the size was determined",
        ),
        ChecklistItem(
            "23", _ANALYSIS, "How errors and fairness were assessed.",
            (Fact.SUBGROUPS,), "groups of people whom the files do not know",
        ),
        ChecklistItem(
            "24", _FOUND, "Flow of participants, with a diagram.", (Fact.FLOW,),
            "patients before files were collected",
        ),
        ChecklistItem(
            "25", _FOUND, "Characteristics of participants and images, by part.",
            (Fact.CHARACTERISTICS, Fact.PARTS), "what else is known of the patients",
        ),
        ChecklistItem("26a", _FOUND, "How severe the disease was in those who had it.",
                      (Fact.SUBGROUPS,), "stages of patients"),
        ChecklistItem("26b", _FOUND, "Other diagnoses in those who did not have it."),
        ChecklistItem(
            "27", _FOUND, "Time and treatment between test and reference standard.",
        ),
        ChecklistItem(
            "28", _FOUND, "Whether the test set stands for the intended population.",
            (Fact.TESTED, Fact.SIMULATED), "comparison with the intended population",
        ),
        ChecklistItem(
            "29", _FOUND, "How an external test set differs from the training data.",
            (Fact.HETEROGENEITY,), "differences that the files do not know",
        ),
        ChecklistItem(
            "30", _RESULTS, "Cross tabulation of test and reference standard.",
            (Fact.CALLS,), "",
        ),
        ChecklistItem(
            "31", _RESULTS, "Estimates of accuracy with their precision.",
            (Fact.RATES, Fact.AREAS, Fact.COMPARISONS, Fact.READERS), "",
        ),
        ChecklistItem("32", _RESULTS, "Adverse events of test or reference standard."),
        ChecklistItem(
            "33", "Discussion", "Limits: bias, uncertainty, generalisability.",
            (Fact.LIMITS, Fact.SIMULATED), "limits of the data and of the question",
        ),
        ChecklistItem("34", "Discussion", "What follows for practice and use."),
        ChecklistItem("35", "Discussion", "Ethical considerations and fairness."),
        ChecklistItem("36", _OTHER, "Registration number and registry."),
        ChecklistItem("37", _OTHER, "Where the protocol can be found."),
        ChecklistItem("38", _OTHER, "Funding and other support."),
        ChecklistItem("39", _OTHER, "Commercial interests."),
        ChecklistItem(
            "40a", _OTHER, "Availability of data and code.", (Fact.AVAILABILITY,),
            "where data, code and weights can be had, under which licence",
        ),
        ChecklistItem(
            "40b", _OTHER, "Outputs that are kept for audit.", (Fact.AVAILABILITY,),
            "where they are kept",
        ),
    ),
)  # fmt: skip
"""The checklist."""
