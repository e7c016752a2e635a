"""From a cohort to a trained network, its scores and its heat maps.

May import: all rooms below it except those of the clinic's own work (reports, intake).
`fit` and `predict` are the two functions that a study needs of a method.

- `recipe.py`: the settings of a training, read from TOML; `recipes/`: those we ship.
- `machine.py`: threads, deterministic algorithms, memory kept between steps.
- `precision.py`: bfloat16 or float32, decided once per run by timing.
- `batches.py`: the cohort as one tensor in memory, and shuffled batches of it.
- `checkpoint.py`: the state of a training on disk, from which it goes on bit for bit.
- `loop.py`: `fit`, epochs of stochastic gradient descent; `predict`.
- `history.py`: loss and accuracy per epoch.
- `reference.py`: what the training exams were like.
- `run_folder.py`: the folder RUN: is it new, unfinished, finished, or another's.
- `run.py`: `train_run`, one network, one split, one seed.
- `simulated.py`: simulated exams straight into memory, for controls and benchmarks.
- `maps.py`: `explain_run`, Grad-CAM of exams of a RUN.
"""
