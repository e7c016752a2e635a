"""The breast: its shape under compression, the tracer in it, and its lesions.

- `anatomy.py`: one 3-D anatomy in both views.
- `implant.py`: an implant under compression.
- `uptake.py`: gland, fat and fine texture, and the tracer in them.
- `background.py`: levels of background uptake, their prevalences, the cycle's phase.
- `contrast.py`: gland against fat on an image, and the concentration that gives it.
- `histology.py`: the kinds of lesion.
- `foci.py`: the balls that a lesion consists of.
- `lesions.py`: the lesions of one woman.
"""
