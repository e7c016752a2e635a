"""What human readers reached in published series, to lay beside the reading model.

These are other women, other cameras and other questions; they show where a believable
population should lie, not what the model must reproduce.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """One published series.

    Args:
        name: What it is.
        sensitivity: Share of malignant lesions or exams that were found.
        specificity: Share of benign ones that were called so.
        source: Where it is printed.
        small: Sensitivity up to 10 mm; None if it is not given.
        area: Area under its ROC curve; None if it is not given.
    """

    name: str
    sensitivity: float
    specificity: float
    source: str
    small: float | None = None
    area: float | None = None


# F, all of them: stated by the source; most only in the abstract or a table.
HUMAN_SERIES = (
    Series("meta-analysis 1", 0.95, 0.80, "Sun 2013, PubMed 23151912", 0.84, 0.955),
    Series("meta-analysis 2", 0.80, 0.78, "magiran 2068766", area=0.857),
    Series("dedicated cameras, pooled", 0.92, 0.74, "PMC3656956, table 1", 0.82),
    Series("registry, 1,042 women", 0.91, 0.77, "AJR.10.6105"),
    Series("Korea, 162", 0.909, 0.781, "PMC4826981", 0.880),
    Series("China, 177", 0.949, 0.783, "Liu 2020, BMC Cancer", 0.909),
    Series("China, 390", 0.917, 0.807, "springerzahnmedizin 18285164"),
    Series("Konyang, 548", 0.8826, 0.816, "brieflands 120677", area=0.85),
    Series("Meissnitzer, 92 lesions", 0.90, 0.56, "PMC4628538", 0.60),
    Series("Dilon, 600 MBq, equivocal", 0.84, 0.86, "PMC10171295"),
)
