"""Codes and identifiers, copied from DICOM PS3.3, PS3.6 and PS3.16 by hand."""

NM = "1.2.840.10008.5.1.4.1.1.20"
STRANGE_CLASSES = {
    "secondary capture": "1.2.840.10008.5.1.4.1.1.7",
    "CT": "1.2.840.10008.5.1.4.1.1.2",
    "MG": "1.2.840.10008.5.1.4.1.1.1.2",
    "US": "1.2.840.10008.5.1.4.1.1.6.1",
    "PT": "1.2.840.10008.5.1.4.1.1.128",
    "SR": "1.2.840.10008.5.1.4.1.1.88.33",
    "PR": "1.2.840.10008.5.1.4.1.1.11.1",
    "PDF": "1.2.840.10008.5.1.4.1.1.104.1",
}
IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
RLE = "1.2.840.10008.1.2.5"
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57"
JPEG_LOSSLESS_SV1 = "1.2.840.10008.1.2.4.70"
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90"
LOSSLESS = (
    IMPLICIT,
    EXPLICIT,
    BIG_ENDIAN,
    DEFLATED,
    RLE,
    JPEG_LOSSLESS,
    JPEG_LOSSLESS_SV1,
    JPEG_LS,
    JPEG_2000_LOSSLESS,
)
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
JPEG_EXTENDED = "1.2.840.10008.1.2.4.51"
JPEG_LS_NEAR = "1.2.840.10008.1.2.4.81"
JPEG_2000 = "1.2.840.10008.1.2.4.91"

VIEWS = ("LCC", "RCC", "LMLO", "RMLO")

Coded = tuple[str, str, str]
"""Code value, coding scheme designator, code meaning."""

# CID 4014 in SNOMED CT; CID 26 has another MLO and no cranio-caudal view; the values of
# older files, under the three names that this scheme has had.
FAMILIES: dict[str, dict[str, Coded]] = {
    "CID 4014": {
        "CC": ("399162004", "SCT", "cranio-caudal"),
        "MLO": ("399368009", "SCT", "medio-lateral oblique"),
    },
    "CID 26": {
        "CC": ("399162004", "SCT", "cranio-caudal"),
        "MLO": ("399268006", "SCT", "Medio-lateral oblique"),
    },
    "SRT": {
        "CC": ("R-10242", "SRT", "cranio-caudal"),
        "MLO": ("R-10226", "SRT", "medio-lateral oblique"),
    },
    "SNM3": {
        "CC": ("R-10242", "SNM3", "cranio-caudal"),
        "MLO": ("R-10226", "SNM3", "medio-lateral oblique"),
    },
    "99SDM": {
        "CC": ("R-10242", "99SDM", "cranio-caudal"),
        "MLO": ("R-10226", "99SDM", "medio-lateral oblique"),
    },
}
OTHER_VIEW_CODES: tuple[Coded, ...] = (
    ("399260004", "SCT", "medio-lateral"),
    ("399352003", "SCT", "latero-medial"),
    ("399192008", "SCT", "cranio-caudal exaggerated laterally"),
    ("399101009", "SCT", "cranio-caudal exaggerated medially"),
    ("399196006", "SCT", "caudo-cranial (from below)"),
    ("399099002", "SCT", "latero-medial oblique"),
    ("R-10224", "SRT", "medio-lateral"),
    ("R-10228", "SNM3", "latero-medial"),
    ("R-1024A", "SRT", "cranio-caudal exaggerated laterally"),
    ("255549009", "SCT", "Anterior"),
)
OTHER_MODIFIERS: tuple[Coded, ...] = (
    ("399011000", "SCT", "Axillary Tail"),
    ("442580003", "SCT", "Axillary tissue"),
    ("399055006", "SCT", "Spot Compression"),
    ("399209000", "SCT", "Implant Displaced"),
    ("399161006", "SCT", "Cleavage"),
    ("R-102D7", "SRT", "Spot Compression"),
)
NIPPLE_IN_PROFILE: Coded = ("442581004", "SCT", "Nipple in profile")
SIDE_CODES: dict[str, dict[str, Coded]] = {
    "SCT": {"L": ("7771000", "SCT", "Left"), "R": ("24028007", "SCT", "Right")},
    "SRT": {"L": ("G-A101", "SRT", "Left"), "R": ("G-A100", "SRT", "Right")},
}
BREAST: dict[str, Coded] = {
    "SCT": ("76752008", "SCT", "Breast"),
    "SRT": ("T-04000", "SRT", "Breast"),
}
THYROID: Coded = ("69748006", "SCT", "Thyroid")
TECHNETIUM: Coded = ("72454006", "SCT", "^99m^Technetium")
SESTAMIBI: Coded = ("424299003", "SCT", "Technetium Tc^99m^ sestamibi")
IODINE: Coded = ("1368003", "SCT", "^131^Iodine")
