"""CLAIM 2024: the checklist for artificial intelligence in medical imaging.

References:
    Tejani et al. 2024, Radiology: Artificial Intelligence 6:e240300, doi
    10.1148/ryai.240300.
"""

from typing import Final

from bsgi.reports.checklists.item import Checklist, ChecklistItem, Fact

_DESIGN = "Methods: study design"
_DATA = "Methods: data"
_REFERENCE = "Methods: reference standard"
_PARTITIONS = "Methods: data partitions"
_MODEL = "Methods: model"
_TRAINING = "Methods: training"
_EVALUATION = "Methods: evaluation"
_FOUND = "Results: data"
_RESULTS = "Results: model performance"
_OTHER = "Other information"

CLAIM: Final = Checklist(
    key="claim-2024",
    title="CLAIM 2024",
    about="Artificial intelligence in medical imaging.",
    source="Tejani et al., Radiology: Artificial Intelligence 2024, doi "
    "10.1148/ryai.240300",
    verified="Numbers and topics of all items were compared with one public "
    "transcription of the list; the published table itself was not compared. The "
    "words are ours.",
    items=(
        ChecklistItem(
            "1", "Title or abstract",
            "Named as a study of artificial intelligence, with its kind.",
        ),
        ChecklistItem("2", "Abstract", "Design, methods, results, conclusions."),
        ChecklistItem("3", "Introduction", "Background and intended use."),
        ChecklistItem("4", "Introduction", "Aims, objectives and hypotheses."),
        ChecklistItem(
            "5", _DESIGN, "Prospective or retrospective?", (Fact.SIMULATED,),
            "for patients: prospective or retrospective",
        ),
        ChecklistItem(
            "6", _DESIGN, "Goal of the study.", (Fact.DESIGN,), "why it was done",
        ),
        ChecklistItem(
            "7", _DATA, "Sources of data.", (Fact.COHORT, Fact.DEVICES, Fact.SIMULATED),
            "where patients came from",
        ),
        ChecklistItem(
            "8", _DATA, "Inclusion and exclusion criteria.", (Fact.REFUSED,),
            "criteria by which patients were chosen, places and dates",
        ),
        ChecklistItem("9", _DATA, "Preprocessing.", (Fact.PREPROCESSING,), ""),
        ChecklistItem(
            "10", _DATA, "Selection of subsets of the data.", (Fact.FLOW,),
            "what was left out before the files were collected",
        ),
        ChecklistItem("11", _DATA, "De-identification."),
        ChecklistItem(
            "12", _DATA, "Missing data.", (Fact.MISSING, Fact.REFUSED),
            "why they are missing",
        ),
        ChecklistItem(
            "13", _DATA, "Acquisition protocol of the images.",
            (Fact.DEVICES, Fact.CHARACTERISTICS),
            "acquisition protocol, beyond camera, dose and views",
        ),
        ChecklistItem(
            "14", _REFERENCE, "How the reference standard was obtained.",
            (Fact.REFERENCE,), "how pathology was established",
        ),
        ChecklistItem("15", _REFERENCE, "Why this reference standard."),
        ChecklistItem(
            "16", _REFERENCE, "Who annotated, with what qualification.",
        ),
        ChecklistItem("17", _REFERENCE, "How the test set was annotated."),
        ChecklistItem(
            "18", _REFERENCE, "Variability between and within annotators.",
            (Fact.READERS,), "variability of those who set the labels",
        ),
        ChecklistItem(
            "19", _PARTITIONS, "How data were assigned to parts.",
            (Fact.DESIGN, Fact.PARTS), "",
        ),
        ChecklistItem(
            "20", _PARTITIONS, "Level at which parts are disjoint.", (Fact.PARTS,), "",
        ),
        ChecklistItem(
            "21", "Methods: testing data", "Intended sample size.",
            (Fact.TESTED, Fact.POWER), "how the size was determined",
        ),
        ChecklistItem("22", _MODEL, "The model.", (Fact.MODEL, Fact.OUTPUT), ""),
        ChecklistItem(
            "23", _MODEL, "Software with versions, and hardware.",
            (Fact.SOFTWARE, Fact.HARDWARE), "",
        ),
        ChecklistItem("24", _MODEL, "First parameters.", (Fact.WEIGHTS,), ""),
        ChecklistItem(
            "25", _TRAINING, "Training: augmentation, settings, number of models.",
            (Fact.TRAINING,), "",
        ),
        ChecklistItem(
            "26", _TRAINING, "How the final model was selected.", (Fact.TRAINING,), "",
        ),
        ChecklistItem(
            "27", _TRAINING, "Ensembles, if there are any.", (Fact.VARIABILITY,), "",
        ),
        ChecklistItem(
            "28", _EVALUATION, "Measures of performance.", (Fact.MEASURES,),
            "why these measures",
        ),
        ChecklistItem(
            "29", _EVALUATION, "Measures of significance and uncertainty.",
            (Fact.MEASURES,), "",
        ),
        ChecklistItem(
            "30", _EVALUATION, "Robustness or sensitivity analysis.",
            (Fact.SUBGROUPS, Fact.VARIABILITY), "analyses beyond these",
        ),
        ChecklistItem(
            "31", _EVALUATION, "Explainability, and how it was validated.",
            (Fact.MAPS,), "what maps are meant to explain",
        ),
        ChecklistItem(
            "32", _EVALUATION, "Evaluation on internal data.",
            (Fact.DESIGN, Fact.TESTED), "",
        ),
        ChecklistItem(
            "33", _EVALUATION, "Testing on external data, or that there was none.",
            (Fact.HETEROGENEITY,), "whether any data are external to this study",
        ),
        ChecklistItem("34", _EVALUATION, "Registration of a clinical trial."),
        ChecklistItem(
            "35", _FOUND, "Numbers included and excluded, with a diagram.",
            (Fact.FLOW,), "patients before files were collected",
        ),
        ChecklistItem(
            "36", _FOUND, "Characteristics of cases in each part.",
            (Fact.CHARACTERISTICS, Fact.PARTS), "what else is known of the patients",
        ),
        ChecklistItem(
            "37", _RESULTS, "Performance with uncertainty, in all parts and subgroups.",
            (Fact.RATES, Fact.AREAS, Fact.SUBGROUPS), "",
        ),
        ChecklistItem(
            "38", _RESULTS, "Diagnostic performance and its precision.",
            (Fact.CALLS, Fact.COMPARISONS, Fact.CALIBRATION, Fact.READERS), "",
        ),
        ChecklistItem("39", _RESULTS, "Failure analysis.", (Fact.CALLS,),
                      "what the wrongly called exams have in common"),
        ChecklistItem(
            "40", "Discussion", "Limits of the study.", (Fact.LIMITS, Fact.SIMULATED),
            "limits of the data and of the question",
        ),
        ChecklistItem("41", "Discussion", "What follows for practice."),
        ChecklistItem("42", _OTHER, "Protocol, or further technical details.",
                      (Fact.AVAILABILITY,), "where the protocol can be found"),
        ChecklistItem(
            "43", _OTHER, "Availability of software, model and data.",
            (Fact.AVAILABILITY,), "where they can be had, under which licence",
        ),
        ChecklistItem("44", _OTHER, "Funding and the role of funders."),
    ),
)  # fmt: skip
"""The checklist."""
