"""What people type into a console to name a view, and what it means.

The first lines are those of the project's page on DICOM; the rest is made up from how
departments write. ``{s}`` is L or R, ``{side}`` LEFT or RIGHT, ``{st}`` LT or RT,
``{p}`` CC or MLO, ``{long}`` the projection in full.
"""

WORDS = {"L": ("LEFT", "LT"), "R": ("RIGHT", "RT")}
LONG = {"CC": "CRANIO-CAUDAL", "MLO": "MEDIO-LATERAL OBLIQUE"}

WHOLE = (
    "{s}{p}", "{s} {p}", "{side} {p}", "{p} {s}", "{s}-{p} 10min", "{st} {p}",
    "{s}_{p}", "{s}.{p}", "{s}/{p}", "{s}-{p}", "{st}{p}", "{st}-{p}", "{st}. {p}",
    "{side}{p}", "{side}_{p}", "{side}-{p}", "{p} {side}", "{p}-{s}", "{p}_{st}",
    "{p} ({s})", "({s}) {p}", "BREAST {s}{p}", "BREAST {side} {p}", "{side} BREAST {p}",
    "{p} {side} BREAST", "{s}{p} 10 MIN", "{s} {p} AT 10 MIN", "{s}{p}_1", "01_{s}{p}",
    "1 {s}{p}", "{s}{p}1", "{s}{p} 600s", "BSGI {s} {p} 10 min", "MBI {side} {p}",
    "{s}{p} STATIC", "{p} VIEW {side}", "{side} {p} VIEW", "{s}{p} Tc-99m MIBI",
    "{s} {p} 128x96", "{s}{p} [300 MBq]", "{side} {long}", "{long} {side}",
    "{s} {long}", "Scintimammo {s}{p}", "{s}{p}#2", "NM BREAST {s} {p}",
    "2) {side} {p}", "{s}{p};", "  {s}   {p}  ",
)  # fmt: skip
"""Text that names one view: it must be understood."""

CASES = (str, str.lower, str.title)

EXACT = {
    "left mediolateral oblique": "LMLO",
    "RIGHT MEDIO LATERAL OBLIQUE": "RMLO",
    "Left Craniocaudal": "LCC",
    "right cranio caudal": "RCC",
    "CRANIOCAUDAL VIEW, LEFT": "LCC",
    "RT MLO": "RMLO",
    "L CC": "LCC",
}
"""Text in full spellings that the patterns do not make."""

PERHAPS = {
    "CCL": "LCC", "MLOR": "RMLO", "CC-LI": "LCC", "MLO RE": "RMLO", "G CC": "LCC",
    "D MLO": "RMLO", "OML GAUCHE": "LMLO", "OML DROITE": "RMLO", "CC SIN": "LCC",
    "CC DX": "RCC", "LINKS CC": "LCC", "RECHTS MLO": "RMLO", "LCRCAUD": "LCC",
    "LFT CC": "LCC", "RGHT MLO": "RMLO", "L OBL": "LMLO", "RIGHT OBLIQUE": "RMLO",
    "LE CC": "LCC", "L C C": "LCC", "R.M.L.O.": "RMLO", "LCCS": "LCC",
}  # fmt: skip
"""Text that a site may teach the program: right, or reported; never another view."""

PROJECTION_ONLY = ("{p}", "{p} 10 min", "BREAST {p}", "{p} STATIC", "{long}", "{p}_1")
SIDE_ONLY = ("{side}", "{side} BREAST", "{st} BREAST 10 min", "BREAST {s}", "{s}")
NEUTRAL = ("", "BREAST", "BSGI", "MBI STATIC", "10 min static", "Breast Tc-99m MIBI",
           "STATIC 128x96", "Series 1", "Scintimammography", "PLANAR 600s")  # fmt: skip

AMBIGUOUS = ("LLMO", "RLMO", "llmo 10 min", "L LMO", "LLMO STATIC")
"""A misspelt MLO or a latero-medial oblique: never guessed, whatever else is said."""

SEVERAL = ("L R {p}", "{s}CC {s}MLO", "LCC RCC", "LMLO/RMLO", "CC MLO {side}",
           "LEFT AND RIGHT {p}", "LCC RCC LMLO RMLO")  # fmt: skip
"""Text that names several views: enough alone for none of them."""

OTHER = (
    "{s}ML", "{s} ML", "{s} LM", "{s}LM", "{s}XCCL", "{s} XCC", "XCCM {side}",
    "{s} LAT",
    "LAT {s}", "{side} LATERAL", "{side} LAT 10 min", "AXT {s}", "{s} AXILLA",
    "AXILLARY {side}", "{s}AXT", "{st} AXILLARY TAIL", "{s} SPOT {p}", "SPOT {s}{p}",
    "{s}{p} SPOT", "{s} {p} SPOT COMPRESSION", "IMPLANT DISPLACED {s}{p}",
    "{s}{p} ID", "{side} {p} IMPLANT", "{s} {p} MAG", "{s} CV", "{s} FB", "{s} TAN",
    "{side} ANTERIOR", "{s} SIO", "{s} ROLLED {p}", "{side} TRUE LATERAL",
    "{side} {p} AXT", "CLEAVAGE", "{s} MEDIOLATERAL", "{s} LATEROMEDIAL",
    "{side} EXAGGERATED CC", "90 DEG LATERAL {s}", "{s} CC XL", "{s}CC LX",
    "{s}{p} SPOTMAG", "{s} {p} SPCMP", "{s}CC MEDIAL", "{s}CC MED", "{s} {p} NIPPLE",
    "{s}{p} PRONE", "{s}{p} PUSHED BACK", "{s}{p} PINHOLE",
)  # fmt: skip
"""Names of other views: listed as such, whatever the codes say."""

COPIES = (
    "{s}{p} RECON", "{s}{p} FILT", "{s}{p} PROC", "{s} {p} INTERPOL",
    "{s}{p} RESAMPLED", "{s}{p} REFORMAT", "{s}{p} DENOISED", "{s}{p} Butterworth",
    "{s}{p} Wiener", "{s}{p} SUBTR", "{s}{p} DIFF", "{s}{p} MINUS", "{s}{p} AVG",
    "{s}{p} MEAN", "{s}{p} MAX", "{s} {p} MASKED", "{s}{p} NORMALIZED",
    "{s}{p} SCALED", "{side} {p} MOTION CORR", "{s}{p} SCR", "{s}{p} CAPTURE",
    "{s}{p} TOMO", "{s}{p} SPECT", "{s}{p} MIP", "{s}{p} TRANSMISSION",
    "{s}{p} SCATTER", "{s}{p} FLIPPED", "{s}{p} ROTATED", "FILTERED {s} {p}",
)  # fmt: skip
"""A copy, or an image that shows no counts of one planar acquisition: never a view."""

DENIALS = (
    "NOT {s}{p}", "{s}{p} WRONG SIDE", "{s}{p} mislabeled", "{s}{p} ABORTED",
    "{s}{p} INCOMPLETE", "{s}{p} TEST", "{s}{p} reject", "{s}{p} do not use",
    "{s} {p} POSITIONING", "{s}{p}?", "contralateral {p} {s}", "{p} opposite {s}",
)  # fmt: skip
"""A view that the text itself denies, doubts or gives up: never accepted."""

TRAPS = {
    "MLO hx L breast ca": "RMLO",
    "MLO, prior L breast bx": "RMLO",
    "CC R breast s/p mastectomy": "LCC",
    "CC R breast mastectomy": "LCC",
    "CC palpable abn R breast": "LCC",
    "MLO eval R breast mass": "LMLO",
    "R breast lump, CC": "LCC",
    "CC R breast pain": "LCC",
    "CC known DCIS L breast": "RCC",
    "CC inj. R arm": "LCC",
    "MLO - tracer L arm": "RMLO",
    "CC R/O tumour": "LCC",
    "MLO after L mastectomy": "RMLO",
    "CC inj left foot": "RCC",
    "MLO, injection in right hand": "LMLO",
    "CC RT BIOPSY 2019": "LCC",
}
"""A side that is not the breast's, and the true view: right, or reported."""


def spell(pattern: str, view: str) -> str:
    """A pattern filled for one view."""
    side, projection = view[0], view[1:]
    word, short = WORDS[side]
    return pattern.format(
        s=side, side=word, st=short, p=projection, long=LONG[projection]
    )
