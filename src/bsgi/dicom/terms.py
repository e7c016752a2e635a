"""The defined terms that coded strings of a file may have.

A coded string (CS) takes any sixteen capital letters, so that a name fits in. Only
terms of the standard, and a few that cameras are known to write, are passed on to
files and quoted in messages.

References:
    DICOM PS3.3 C.7 and C.8.4; body parts: PS3.16 Annex L.
"""

import re
from typing import Final

_IMAGE: Final = """
    ORIGINAL DERIVED PRIMARY SECONDARY STATIC DYNAMIC GATED TOMO EMISSION TRANSMISSION
    NM MONOCHROME1 MONOCHROME2 IDENTITY INVERSE LINEAR LINEAR_EXACT SIGMOID
    YES NO BOTH 00 01 M F O L R U B
    ISO_10918_1 ISO_14495_1 ISO_15444_1 ISO_13818_2 ISO_14496_10
    HFS HFP FFS FFP HFDR HFDL FFDR FFDL SITTING
    SOURCE EXTERNAL PASSTHRU NOTRIGGER
"""
_ACQUISITION: Final = """
    CNTS DENS RDD MANU OVFL TIME TRIG AUTO PARA PINH FANB CONE SLNT ASTG DIVG NONE UNKN
    RECTANGLE ROUND HEXAGONAL ANNULAR CC CW CONTINUOUS
    UNIF COR NCO DECY ATTN SCAT DTIM NRGY LIN MOTN RADL RAN DCAL NORM BACK RESL
    FLOW WASHOUT UPTAKE EMPTYING EXCRETION 1PS 2PS PCN MSP
    PCNT CNTPERSEC BQML PROPCNTS PROPCPS CM2 CPS
    REPROJECTION IMAGE START ADMIN SUM MAX_PIXEL EMISSION
    PREF FORW BACK PCNT FRAC AA
    CC_TO_CA CA_TO_CC
"""
_VIEWS: Final = (
    "CC MLO ML LM LMO XCC XCCL XCCM FB SIO ISO AT CV LCC RCC LMLO RMLO AP PA"
)
_BODY_PARTS: Final = """
    BREAST CHEST THORAX AXILLA ABDOMEN HEAD NECK BRAIN SKULL THYROID PARATHYROID HEART
    LUNG LIVER SPLEEN KIDNEY BLADDER PELVIS HIP KNEE ANKLE FOOT LEG ARM HAND WRIST ELBOW
    SHOULDER SPINE CSPINE TSPINE LSPINE WHOLEBODY STOMACH PANCREAS EXTREMITY BONE
    HEADNECK CHESTABDPELVIS ABDOMENPELVIS PHANTOM
"""
_PHRASES: Final = frozenset(
    {"WHOLE BODY", "RECON TOMO", "GATED TOMO", "RECON GATED TOMO", "STEP AND SHOOT"}
)

TERMS: Final = _PHRASES | frozenset(
    (_IMAGE + _ACQUISITION + _VIEWS + _BODY_PARTS).split()
)
"""Every value that a coded string may keep."""

_OTHERS: Final = """
    CT MR MG US XA RF DX CR OT SC SR PT ES XC IO PX GM SM OP OPT AU ECG KO PR REG SEG
    RTIMAGE RTDOSE RTSTRUCT RTPLAN HD DOC BI DG NMR RG MA PLAN FID LOCALIZER AXIAL
    VOLUME MIXED RGB PALETTE COLOR YBR_FULL YBR_FULL_422 YBR_ICT YBR_RCT YBR_PARTIAL_422
    HSV CMYK ARGB SUBTRACTION OTHER
"""
"""Terms of other kinds of images, which are refused."""

QUOTABLE: Final = TERMS | {"PALETTE COLOR"} | frozenset(_OTHERS.split())
"""Every value that a message may quote."""

_DIRECTION: Final = re.compile(r"[APLRHF]{1,3}")
_OPPOSITE: Final = (frozenset("AP"), frozenset("LR"), frozenset("HF"))


def is_term(text: str, keyword: str) -> bool:
    """Whether a coded string is one of the standard's terms.

    Args:
        text: One value, without padding.
        keyword: Its attribute.

    References:
        DICOM PS3.3 C.7.6.1.1.1: directions of a patient, up to three letters.
    """
    if keyword == "PatientOrientation":
        opposed = any(pair <= set(text) for pair in _OPPOSITE)
        return _DIRECTION.fullmatch(text) is not None and not opposed
    return text in TERMS
