"""TRIPOD+AI: reporting of studies that develop or evaluate prediction models.

References:
    Collins et al. 2024, BMJ 385:e078378, doi 10.1136/bmj-2023-078378.
"""

from typing import Final

from bsgi.reports.checklists.item import Checklist, ChecklistItem, Fact

_DATA = "Methods: data and participants"
_OUTCOME = "Methods: outcome"
_PREDICTORS = "Methods: predictors"
_ANALYSIS = "Methods: analysis"
_OPEN = "Open science"
_PEOPLE = "Results: participants"
_RESULTS = "Results: model and performance"

TRIPOD_AI: Final = Checklist(
    key="tripod-ai",
    title="TRIPOD+AI",
    about="Development and evaluation of prediction models, diagnostic ones included.",
    source="Collins et al., BMJ 2024, doi 10.1136/bmj-2023-078378",
    verified="Numbers and topics of all 52 items and their parts were compared with "
    "one public transcription of the list; the published table itself was not "
    "compared. The words are ours. The list for abstracts is not included.",
    items=(
        ChecklistItem(
            "1", "Title", "Development or evaluation of a model, population, outcome.",
        ),
        ChecklistItem("2", "Abstract", "See the list for abstracts."),
        ChecklistItem("3a", "Introduction", "Context, rationale and earlier models."),
        ChecklistItem("3b", "Introduction", "Target population, purpose and users."),
        ChecklistItem("3c", "Introduction", "Known inequalities in health."),
        ChecklistItem("4", "Introduction", "Objectives: development or evaluation."),
        ChecklistItem(
            "5a", _DATA, "Sources of data for development and for evaluation.",
            (Fact.COHORT, Fact.SIMULATED), "why these data, whom they stand for",
        ),
        ChecklistItem("5b", _DATA, "Dates of the data."),
        ChecklistItem(
            "6a", _DATA, "Setting, number and location of centres.", (Fact.DEVICES,),
            "setting and location",
        ),
        ChecklistItem(
            "6b", _DATA, "Eligibility.", (Fact.REFUSED,),
            "criteria by which patients were chosen",
        ),
        ChecklistItem("6c", _DATA, "Treatments, and how they were handled."),
        ChecklistItem(
            "7", _DATA, "Preprocessing and quality checks, alike for all groups?",
            (Fact.PREPROCESSING, Fact.MISSING), "whether alike for all groups",
        ),
        ChecklistItem(
            "8a", _OUTCOME, "The outcome, how and when it was assessed.",
            (Fact.REFERENCE,), "how and when pathology was established",
        ),
        ChecklistItem("8b", _OUTCOME, "Who assessed it, if that takes judgement."),
        ChecklistItem("8c", _OUTCOME, "Whether its assessment was blinded."),
        ChecklistItem("9a", _PREDICTORS, "How the predictors were chosen."),
        ChecklistItem(
            "9b", _PREDICTORS, "The predictors, how and when they were measured.",
            (Fact.PREPROCESSING, Fact.DEVICES), "when, and blinded to what",
        ),
        ChecklistItem("9c", _PREDICTORS, "Who assessed them, if that takes judgement."),
        ChecklistItem(
            "10", _ANALYSIS, "How the sample size was arrived at, in each part.",
            (Fact.PARTS, Fact.TESTED, Fact.POWER), "how the size was determined",
        ),
        ChecklistItem(
            "11", _ANALYSIS, "Missing data.", (Fact.MISSING, Fact.REFUSED),
            "why they are missing",
        ),
        ChecklistItem(
            "12a", _ANALYSIS, "How the data were parted and used.",
            (Fact.DESIGN, Fact.PARTS), "",
        ),
        ChecklistItem(
            "12b", _ANALYSIS, "How predictors entered the model.",
            (Fact.PREPROCESSING,), "",
        ),
        ChecklistItem(
            "12c", _ANALYSIS, "Kind of model, rationale, building, validation.",
            (Fact.MODEL, Fact.TRAINING, Fact.DESIGN), "why this model",
        ),
        ChecklistItem(
            "12d", _ANALYSIS, "Heterogeneity between clusters.",
            (Fact.HETEROGENEITY,), "how it was to be handled",
        ),
        ChecklistItem(
            "12e", _ANALYSIS, "Measures and plots of performance.", (Fact.MEASURES,),
            "why these measures",
        ),
        ChecklistItem(
            "12f", _ANALYSIS, "Updating of the model, such as recalibration.",
            (Fact.CALIBRATION,), "whether the model was changed after its evaluation",
        ),
        ChecklistItem(
            "12g", _ANALYSIS, "How predictions were calculated.",
            (Fact.OUTPUT, Fact.SOFTWARE), "",
        ),
        ChecklistItem(
            "13", _ANALYSIS, "Class imbalance: what was done, and why.",
            (Fact.TRAINING, Fact.TESTED), "why",
        ),
        ChecklistItem("14", _ANALYSIS, "What was done for fairness.",
                      (Fact.SUBGROUPS,), "what was done, and why"),
        ChecklistItem(
            "15", _ANALYSIS, "Output of the model, thresholds and their rationale.",
            (Fact.OUTPUT, Fact.THRESHOLD, Fact.OPERATING_POINTS), "why this threshold",
        ),
        ChecklistItem(
            "16", _ANALYSIS, "How data of development and evaluation differ.",
            (Fact.PARTS, Fact.HETEROGENEITY), "differences that the files do not know",
        ),
        ChecklistItem("17", _ANALYSIS, "Ethical approval and consent."),
        ChecklistItem("18a", _OPEN, "Funding and the role of funders."),
        ChecklistItem("18b", _OPEN, "Conflicts of interest."),
        ChecklistItem("18c", _OPEN, "Where the protocol can be found."),
        ChecklistItem("18d", _OPEN, "Registration."),
        ChecklistItem(
            "18e", _OPEN, "Availability of data.", (Fact.AVAILABILITY,),
            "where data can be had",
        ),
        ChecklistItem(
            "18f", _OPEN, "Availability of code.", (Fact.SOFTWARE, Fact.AVAILABILITY),
            "where code can be had",
        ),
        ChecklistItem(
            "19", "Patient and public involvement", "Whether and how they took part.",
        ),
        ChecklistItem(
            "20a", _PEOPLE, "Flow of participants, with numbers of outcomes.",
            (Fact.FLOW,), "patients before files were collected",
        ),
        ChecklistItem(
            "20b", _PEOPLE, "Characteristics, overall and by source.",
            (Fact.CHARACTERISTICS,), "what else is known of the patients",
        ),
        ChecklistItem(
            "20c", _PEOPLE, "Predictors in evaluation beside those in development.",
            (Fact.PARTS,), "distributions of what the images show",
        ),
        ChecklistItem(
            "21", _RESULTS, "Participants and outcomes in each analysis.",
            (Fact.PARTS, Fact.TESTED), "",
        ),
        ChecklistItem(
            "22", _RESULTS, "The full model, so that others can predict with it.",
            (Fact.MODEL, Fact.AVAILABILITY), "where the weights can be had",
        ),
        ChecklistItem(
            "23a", _RESULTS, "Performance with intervals, and in key subgroups.",
            (Fact.RATES, Fact.AREAS, Fact.CALIBRATION, Fact.SUBGROUPS), "",
        ),
        ChecklistItem(
            "23b", _RESULTS, "Heterogeneity of performance between clusters.",
            (Fact.HETEROGENEITY,), "clusters that the files do not know",
        ),
        ChecklistItem("24", _RESULTS, "Results of an updated model.",
                      (Fact.CALIBRATION,), "whether the model was updated"),
        ChecklistItem("25", "Discussion", "Interpretation, fairness included."),
        ChecklistItem(
            "26", "Discussion", "Limits and what they do to bias and generalisability.",
            (Fact.LIMITS, Fact.SIMULATED), "limits of the data and of the question",
        ),
        ChecklistItem(
            "27a", "Discussion", "Input of poor quality or missing, in use.",
            (Fact.MISSING,), "what a user shall do",
        ),
        ChecklistItem("27b", "Discussion", "What users have to do and to know."),
        ChecklistItem("27c", "Discussion", "Next steps of research."),
    ),
)  # fmt: skip
"""The checklist."""
