"""Codes of results: those of DICOM and SNOMED CT, and private ones where none exists.

Private codes have the designator 99BSGI. All of them stand in `PRIVATE_CODES`, and in
the reference of DICOM results with what they mean.

References:
    DICOM PS3.16 TID 1500, 1501, 1410, 300, 4019 and 1600; CID 7180 (maps), CID 7203
    (derivations), CID 244 (laterality); PS3.3 12.1 (coding schemes).
"""

from typing import Final

from pydicom.dataset import Dataset

from bsgi.dicom.codes import Code
from bsgi.exam.prediction import Decision
from bsgi.exam.record import Side

PRIVATE_SCHEME: Final = "99BSGI"

REPORT: Final = Code("126000", "DCM", "Imaging Measurement Report")
LANGUAGE: Final = Code("121049", "DCM", "Language of Content Item and Descendants")
ENGLISH: Final = Code("en", "RFC5646", "English")
OBSERVER_TYPE: Final = Code("121005", "DCM", "Observer Type")
DEVICE: Final = Code("121007", "DCM", "Device")
DEVICE_UID: Final = Code("121012", "DCM", "Device Observer UID")
DEVICE_NAME: Final = Code("121013", "DCM", "Device Observer Name")
DEVICE_MAKER: Final = Code("121014", "DCM", "Device Observer Manufacturer")
PROCEDURE: Final = Code("121058", "DCM", "Procedure reported")
NUCLEAR_PROCEDURE: Final = Code("371572003", "SCT", "Nuclear medicine procedure")
LIBRARY: Final = Code("111028", "DCM", "Image Library")
LIBRARY_GROUP: Final = Code("126200", "DCM", "Image Library Group")
MODALITY: Final = Code("121139", "DCM", "Modality")
NUCLEAR_MEDICINE: Final = Code("NM", "DCM", "Nuclear Medicine")
IMAGE_VIEW: Final = Code("111031", "DCM", "Image View")
IMAGE_LATERALITY: Final = Code("111027", "DCM", "Image Laterality")
MEASUREMENTS: Final = Code("126010", "DCM", "Imaging Measurements")
GROUP: Final = Code("125007", "DCM", "Measurement Group")
TRACKING_NAME: Final = Code("112039", "DCM", "Tracking Identifier")
TRACKING_UID: Final = Code("112040", "DCM", "Tracking Unique Identifier")
FINDING_SITE: Final = Code("363698007", "SCT", "Finding Site")
LATERALITY: Final = Code("272741003", "SCT", "Laterality")
ALGORITHM_NAME: Final = Code("111001", "DCM", "Algorithm Name")
ALGORITHM_VERSION: Final = Code("111003", "DCM", "Algorithm Version")
ALGORITHM_PARAMETERS: Final = Code("111002", "DCM", "Algorithm Parameters")
SOURCE_OF_MEASUREMENT: Final = Code("121112", "DCM", "Source of Measurement")
IMAGE_REGION: Final = Code("111030", "DCM", "Image Region")
SOURCE_IMAGE: Final = Code("260753009", "SCT", "Source")
QUALITATIVE: Final = Code("C0034375", "UMLS", "Qualitative Evaluations")
DERIVATION: Final = Code("121401", "DCM", "Derivation")
MAXIMUM: Final = Code("56851009", "SCT", "Maximum")
PROBABILITY: Final = Code("111047", "DCM", "Probability of cancer")
GRAD_CAM: Final = Code("130403", "DCM", "Gradient-weighted class activation")
QUANTITY: Final = Code("246205007", "SCT", "Quantity")
SOURCE_PURPOSE: Final = Code(
    "121322", "DCM", "Source image for image processing operation"
)

PERCENT: Final = Code("%", "UCUM", "Percent")
NO_UNITS: Final = Code("1", "UCUM", "no units")
RATIO: Final = Code("{ratio}", "UCUM", "ratio")
COUNTS_PER_CM2: Final = Code("{counts}/cm2", "UCUM", "Counts per square centimeter")

SCORE: Final = Code("SCORE", PRIVATE_SCHEME, "Score of the classifier")
PROBABILITY_LOW: Final = Code(
    "PROB-LOW", PRIVATE_SCHEME, "Probability of cancer, lower bound"
)
PROBABILITY_HIGH: Final = Code(
    "PROB-HIGH", PRIVATE_SCHEME, "Probability of cancer, upper bound"
)
LESION_TO_BACKGROUND: Final = Code("LBR", PRIVATE_SCHEME, "Lesion-to-background ratio")
COUNT_DENSITY: Final = Code("COUNTS-AREA", PRIVATE_SCHEME, "Counts per area")
ASYMMETRY: Final = Code(
    "LR-ASYM", PRIVATE_SCHEME, "Left-right asymmetry, left over right"
)
DECISION: Final = Code("DECISION", PRIVATE_SCHEME, "Decision of the algorithm")
REFER: Final = Code("REFER", PRIVATE_SCHEME, "No decision, refer to a physician")
REASON: Final = Code("REASON", PRIVATE_SCHEME, "Reason for referral or doubt")
USE: Final = Code("USE", PRIVATE_SCHEME, "Condition of use")
TRAINING: Final = Code("TRAINING", PRIVATE_SCHEME, "Origin of the training exams")
ORIGIN: Final = Code("ORIGIN", PRIVATE_SCHEME, "Origin of the images")

PRIVATE_CODES: Final = (
    SCORE, PROBABILITY_LOW, PROBABILITY_HIGH, LESION_TO_BACKGROUND, COUNT_DENSITY,
    ASYMMETRY, DECISION, REFER, REASON, USE, TRAINING, ORIGIN,
)  # fmt: skip
"""Every code of the designator 99BSGI that results have."""

DECISIONS: Final = {
    Decision.BENIGN: Code("30807003", "SCT", "Benign"),
    Decision.MALIGNANT: Code("21594007", "SCT", "Malignant"),
    Decision.REFER: REFER,
}
"""Values of the decision: qualifiers, not diagnoses."""

SIDES: Final = {
    Side.LEFT: Code("7771000", "SCT", "Left"),
    Side.RIGHT: Code("24028007", "SCT", "Right"),
}


def describe_scheme() -> Dataset:
    """The item that says who answers for the private codes."""
    item = Dataset()
    item.CodingSchemeDesignator = PRIVATE_SCHEME
    item.CodingSchemeName = "bsgi private codes"
    item.CodingSchemeResponsibleOrganization = "bsgi project"
    return item
