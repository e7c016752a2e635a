"""From a cohort to a trained network, its scores and its heat maps.

May import: all rooms below it except those of the clinic's own work (reports, intake).
`fit` and `predict` are the two functions that a study needs of a method.

- `settings_file.py`: settings in TOML, found by name or path; wrong keys explained.
- `recipe.py`: the settings of a training, read from TOML; `recipes/`: those we ship.
- `phases.py`: pre-training without labels, then training; the optimiser of each.
- `machine.py`: threads, deterministic algorithms, memory kept between steps.
- `precision.py`: bfloat16 or float32, decided once per run by timing.
- `batches.py`: the cohort as one tensor in memory, and shuffled batches of it.
- `checkpoint.py`: the state of a training on disk, from which it goes on bit for bit.
- `loop.py`: `fit`, all phases of a method on the exams it is given; `predict`.
- `history.py`: loss and accuracy per epoch.
- `reconstruction.py`: what an autoencoder keeps of new exams, beside two yardsticks.
- `reference.py`: what the training exams were like.
- `damage.py`: a run whose files cannot be gone on with.
- `calibration.py`: scores of training exams out of fold, and what they calibrate.
- `run_folder.py`: the folder RUN: is it new, unfinished, finished, or another's.
- `folder_lock.py`: one process at a time in a folder.
- `run_exams.py`: the exams of one run: which they are, and their images in memory.
- `run.py`: `train_run`, one network, one split, one seed.
- `simulated.py`: simulated exams straight into memory, for controls and benchmarks.
- `maps.py`: `explain_run`, Grad-CAM of exams of a RUN.
- `stress_source.py`: the networks and test exams of a finished RUN or STUDY.
- `stress_scores.py`: one network's test exams under every stress.
- `stress.py`: `stress_results`, a RUN or STUDY under stress.
- `study/`: `run_study`, many runs on the same splits, in parallel and compared.
"""
