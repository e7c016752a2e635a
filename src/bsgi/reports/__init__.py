"""Reports: pages and figures made from files, for a reader who was not there.

Reads the files of a RUN or STUDY and of a COHORT, never objects of `training`. Every
page says that it is for research only and, where exams are simulated, that it claims
nothing about patients.

May import `bsgi.cohort`, `bsgi.physics`, `bsgi.evaluation`, `bsgi.exam`,
`bsgi.provenance`, `bsgi.files` and `bsgi.errors`, matplotlib (objects only, no
pyplot) and Jinja2.

- `style.py`: colours, fonts, and SVG files that are the same each time.
- `figure_data.py`: what a figure draws, as a table beside it.
- `hanging.py`: four views hung as in the clinic.
- `exam_views.py`: an exam in counts.
- `heat_maps.py`: an exam with the evidence laid over it.
- `calibration.py`: how far probabilities can be believed, as a table and in words.
- `calibration_figures.py`: reliability diagrams and decision curves.
- `curves.py`: ROC curves, with bands where there are several.
- `training_curves.py`: loss and accuracy from epoch to epoch, phase by phase.
- `bars.py`: rates of several methods with their intervals.
- `readers.py`: several readers, as tables and in words; `reader_curves.py`: drawn.
- `localisation.py`: where lesions were found, as a table and curves.
- `learning_curve.py`: the area against the number of training patients.
- `forest.py`: areas with their intervals and numbers, line by line.
- `subgroups.py`: results by subgroup, as a forest plot and a table.
- `stress.py`: what stresses do to a method, likewise; `stress_page.py`: as a page.
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
- `study_localisation.py`: whether its maps find the lesions.
- `study_pictures.py`: the figures of a STUDY's `report.html`.
- `study_report.py`: `report.html` of a STUDY.
- `audit_text.py`: what published figures can come from, in words.
- `comparison_tables.py`: areas compared, operating points, and power.
- `sections.py`: what `evaluation/details.py` found, as sections of a page.
- `flow.py`: exams in and out, counted; `flow_diagram.py`: the same, drawn.
- `checklists/`: reporting checklists, filled in as far as files can tell.
- `model_card.py`: a model card, from files.
- `paperwork.py`: flow diagram, checklists and card beside a page.
- `mean_roc.py`: mean ROC curves of a table with several repeats or folds.
- `evaluation_report.py`: the same statistics for anyone's table of scores.
- `abstention.py`: benign, malignant or refer, as tables and in words.
- `abstention_figure.py`: the same as stacked bars.
- `map_figures.py`: the figures of `bsgi explain`.
- `contact_sheet.py`: every view of a cohort, to look at its quality without labels.
- `view_pixels.py`: a view as a small picture inside a page.
- `physics_table.py`: the simulator's acceptance tests as lines and rows.
- `physics_curves.py`: graphs of what they measured.
- `physics_sheets.py`: contact sheets of simulated exams, and background uptake.
- `physics_pictures.py`: all figures of the simulator's report.
- `physics_report.py`: `bsgi physics`: tests run, files and page written.
- `templates/`: pages and their style sheet.
"""
