"""Reports: pages and figures made from files, for a reader who was not there.

Reads the files of a RUN and a COHORT, never objects of `training`. Every page says that
it is for research only and, where exams are simulated, that it claims nothing about
patients.

May import `bsgi.cohort`, `bsgi.physics`, `bsgi.evaluation`, `bsgi.exam`,
`bsgi.provenance`, `bsgi.files` and `bsgi.errors`, matplotlib (objects only, no
pyplot) and Jinja2.

- `style.py`: colours, fonts, and SVG files that are the same each time.
- `hanging.py`: four views hung as in the clinic.
- `exam_views.py`: an exam in counts.
- `heat_maps.py`: an exam with the evidence laid over it.
- `curves.py`: training and ROC.
- `wording.py`: numbers and findings in plain words.
- `tables.py`: cohort, results and provenance as rows of texts.
- `run_folder.py`: what a RUN holds.
- `page.py`: one HTML file out of a template and its parts.
- `results.py`: the section of results, for a RUN and for anyone's table.
- `study_pictures.py`: the figures of `report.html`.
- `study_report.py`: `report.html` of a RUN.
- `evaluation_report.py`: the same statistics for anyone's table of scores.
- `map_figures.py`: the figures of `bsgi explain`.
- `physics_table.py`: the simulator's acceptance tests as lines and rows.
- `physics_curves.py`: graphs of what they measured.
- `physics_sheets.py`: contact sheets of simulated exams, and background uptake.
- `physics_pictures.py`: all figures of the simulator's report.
- `physics_report.py`: `bsgi physics`: tests run, files and page written.
- `templates/`: pages and their style sheet.
"""
