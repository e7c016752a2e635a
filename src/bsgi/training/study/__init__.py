"""A study: several methods, trained again and again on the same splits of one cohort.

All that a study will do is fixed and written down before anything runs. So it can be
stopped anywhere, goes on where it was, and ends with the same bits, however many
processes or computers do the work.

- `recipe.py`: the settings of a study, read from TOML; `studies/`: those we ship.
- `options.py`: what a command line changes in them.
- `plan.py`: every run of a study, from its splits.
- `folder.py`: the folder STUDY: is it new, unfinished, finished, or another's.
- `begin.py`: the first moments: plan, precision of each method, what each run costs.
- `work.py`: one run, on whatever computer it falls to.
- `guard.py`: workers end when their study ends.
- `watch.py`: one bar for all runs.
- `execute.py`: runs in parallel, on local processes or a cluster.
- `cluster.py`: a cluster by its address; `cluster_dask.py`, `cluster_ray.py`.
- `collect.py`: scores, statistics and maps of all runs together.
- `measure_maps.py`: where their maps look, and whether their peaks find the lesions.
- `results.py`: whether a study and its runs have all that they wrote.
- `sweep.py`: what killed processes have left is removed.
- `canary.py`: the same on labels that mean nothing, which must be at chance.
- `study.py`: `run_study`, from a cohort to the results.
"""
