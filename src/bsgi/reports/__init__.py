"""Reports: pages and figures made from files, for a reader who was not there.

Reads the files of a RUN or STUDY and of a COHORT, never objects of `training`. Every
page says that it is for research only and, where exams are simulated, that it claims
nothing about patients.

May import `bsgi.cohort`, `bsgi.physics`, `bsgi.evaluation`, `bsgi.exam`,
`bsgi.provenance`, `bsgi.files` and `bsgi.errors`, matplotlib (objects only, no
pyplot) and Jinja2.

- `style.py`: colours, fonts, and SVG files that are the same each time.
- `hanging.py`: four views hung as in the clinic.
- `exam_views.py`: an exam in counts.
- `heat_maps.py`: an exam with the evidence laid over it.
- `curves.py`: ROC curves, with bands where there are several.
- `training_curves.py`: loss and accuracy from epoch to epoch, phase by phase.
- `bars.py`: rates of several methods with their intervals.
- `learning_curve.py`: the area against the number of training patients.
- `reconstruction.py`: what an autoencoder keeps of an exam.
- `wording.py`: numbers and findings in plain words.
- `tables.py`: cohort, results and provenance as rows of texts.
- `history.py`: the epochs of a training and their phases.
- `run_folder.py`: what a RUN holds.
- `same_cohort.py`: whether a cohort is the one of a RUN or STUDY.
- `page.py`: one HTML file out of a template and its parts.
- `results.py`: the section of results, for a RUN and for anyone's table.
- `map_pictures.py`: heat maps of some test exams.
- `run_pictures.py`: the figures of a RUN's `report.html`.
- `run_report.py`: `report.html` of a RUN.
- `study_folder.py`: what a STUDY holds.
- `study_words.py`: a study in plain words, and what it does not show.
- `study_tables.py`: its tests, runs, folds and splits.
- `paper_table.py`: our figures beside the paper's, its labels put right.
- `map_mass_table.py`: where heat maps look, as a table.
- `map_claims.py`: what the paper says of its maps, and what a study's say of it.
- `study_pictures.py`: the figures of a STUDY's `report.html`.
- `study_report.py`: `report.html` of a STUDY.
- `audit_text.py`: what published figures can come from, in words.
- `evaluation_report.py`: the same statistics for anyone's table of scores.
- `map_figures.py`: the figures of `bsgi explain`.
- `physics_table.py`: the simulator's acceptance tests as lines and rows.
- `physics_curves.py`: graphs of what they measured.
- `physics_sheets.py`: contact sheets of simulated exams, and background uptake.
- `physics_pictures.py`: all figures of the simulator's report.
- `physics_report.py`: `bsgi physics`: tests run, files and page written.
- `templates/`: pages and their style sheet.
"""
