"""Names of cameras: those of known makers and models, and pseudonyms for all others.

The model name is a text that somebody typed. A hospital may have put its own name or
that of a physicist there, so that under pseudonyms a camera keeps its name only where
every word of it is the word of a maker or of a model.

References:
    Makers and models of breast-specific gamma imaging: Dilon 6800, Gamma Medica
    LumaGEM, GE Discovery NM750b, CMR Naviscan; of planar nuclear medicine: the names
    that their DICOM conformance statements give.
"""

import re
from typing import Final

from bsgi.dicom.pseudonyms import Pseudonyms

_TEXT: Final = """
    bsgi simulated simulator gamma camera detector detectors head heads dual single
    breast molecular imaging mbi system systems medical healthcare technologies
    technology solutions diagnostics corporation corp co inc ltd llc gmbh ag sa the of
    dilon gp hr hs lehr legp wide standard acella navigator
    medica lumagem luma gem
    ge general electric discovery nm nmct infinia hawkeye millennium mg mps vg varicam
    optima starcam xeleris ventri alcyone brivo
    siemens healthineers symbia intevo evo bold pro specta ecam e cam signature
    multispect orbiter basicam t t2 t6 t16 s ip2
    philips adac brightview xct x precedence forte vertex argus skylight cardiomd
    picker marconi axis irix prism odyssey
    toshiba canon gca mediso anyscan nucline interviewxp interview xp
    digirad ergo cardius cmr naviscan smartbreast clearscan
    spectrum dynamics veriton veriscan d spect dspect kromek
    sopha sophy sms elscint apex helix trionix ohio nuclear
    cadmium zinc telluride czt scintillator nai tl csi
    16 3200s 300 310 500 530c 560 570c 600 6800 615 630 640 670 680 690 740 750b 750c
    760 770 780 790 800 830 840 850 860 870 870dr 9300a 3000 3000xp 2000 1000xp 2 3
    7200a 7200ui 9300ui 901a e750 nm750b lumagem3200s
"""
_WORDS: Final = frozenset(_TEXT.split())
"""Words of makers and of models, and the numbers of models."""


def is_known_camera(text: str) -> bool:
    """Whether every word of a camera's name is that of a maker or a model."""
    text = text.lower().replace("eve clear scan", "clearscan")
    words = [word for word in re.split(r"[\s/_,.()\-]+", text) if word]
    return any(len(word) > 1 for word in words) and _WORDS.issuperset(words)


def name_camera(text: str, pseudonyms: Pseudonyms) -> str:
    """What a table may call a camera.

    Args:
        text: Model or maker as in the file; empty if unknown.
        pseudonyms: Where these keep ids, the text stays as it is.

    Returns:
        The text where all its words are known, otherwise a name such as
        ``camera 5f0c92d1``, the same for the same text and key.
    """
    if not text or is_known_camera(text):
        return text
    return pseudonyms.name_text("camera", text)
