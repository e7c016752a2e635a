"""Identifiers of results: the same sources and the same model give them again.

A result that is sent twice is stored once, and a run that was broken off and repeated
leaves no second copy.

References:
    DICOM PS3.5 9 and B.2 (identifiers derived from a UUID).
"""

from typing import Final

from bsgi.dicom.codes import make_uid
from bsgi.dicom.results.source import SourceImages
from bsgi.exam.prediction import Prediction

CONTENT_VERSION: Final = 1
"""To be raised when the same prediction is written otherwise: other content must not
travel under an identifier that is stored already."""


def derive_uid(prediction: Prediction, sources: SourceImages, *kind: str) -> str:
    """The identifier of one result, series or frame of reference.

    Args:
        prediction: Of which bundle and numerical precision count.
        sources: Of which files and frames count.
        kind: What the identifier is for.
    """
    origins = [
        f"{name} {image.sop_uid} {image.frames}"
        for name, image in ((name, sources.images[name]) for name in sources.present())
    ]
    return make_uid(
        "result",
        CONTENT_VERSION,
        prediction.bundle_sha256,
        prediction.precision,
        sources.study_uid,
        *origins,
        *kind,
    )
