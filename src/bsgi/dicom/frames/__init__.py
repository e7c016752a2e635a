"""The frames of a file: what each of them is, which view it belongs to, its counts.

Free of any word about which view a frame shows: `parts.py` is given a function for it.

- `vectors.py`: detector, energy window, phase and time slice of every frame.
- `windows.py`: the photopeak among energy windows.
- `heads.py`: how two heads lie to each other, and the patient to each of them.
- `phases.py`: how long an acquisition took, in one frame or in many to be summed.
- `parts.py`: which frames make which view.
- `layout.py`: rows, columns and bits that are declared, and their limits.
- `codestream.py`: what compressed pixels say of themselves, before they are decoded.
- `jpeg2000.py`: the same for JPEG 2000.
- `decode.py`: stored integers of all frames.
- `stated.py`: what a file says of its own counts.
- `gather.py`: the frames of a file to the counts of its views.
"""
