"""What makes a view or an exam doubtful, in words that a physicist can check.

A doubt is a `Finding`. Nothing is refused or changed: a physicist looks, and decides.

- `finding.py`: `Finding`; `FileFacts`: what only a file knows of a view.
- `catalogue.py`: `CHECKS`: every check by name and urgency; findings to text and back.
- `look.py`: what all checks need of a view, worked out once.
- `counts.py`: views without a breast, and views with few counts.
- `saturation.py`: pixels that could count no further.
- `dead.py`: parts of the detector in the breast that count nothing.
- `hot.py`: pixels, rows and columns far above those around them.
- `field.py`: a breast that the field cuts off.
- `outside.py`: something hot that is not the breast, such as an extravasation.
- `chest_wall.py`: where the chest wall lies by the pixels, against what is stated.
- `window.py`: the energy window and the isotope.
- `timing.py`: when views were taken, and for how long.
- `motion.py`: how far the breast moved between two frames.
- `same_image.py`: one image under two names.
- `assess.py`: `assess_exam`: all checks on one exam.
"""
