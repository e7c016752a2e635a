"""From expected rates to counts: times, dose, decay, motion and Poisson noise.

- `protocol.py`: when the views are taken, for how long, and what ends them.
- `motion.py`: a patient who moves once during a view.
- `acquire.py`: counts of one view, in one image or a list of frames.
- `thinning.py`: what an exam would have been at a lower dose or in less time.
"""
