"""Reporting checklists of the field, filled in as far as files can tell.

Software knows counts, splits, settings and results; it does not know why a study was
done, who agreed to it and what follows. What only a human can write stays empty, and
is seen to be empty. Items are paraphrased; the published lists are the authority.

- `item.py`: an item, a checklist, and the facts that an item asks for.
- `stard_ai.py`: STARD-AI, diagnostic accuracy.
- `claim.py`: CLAIM 2024, artificial intelligence in medical imaging.
- `tripod_ai.py`: TRIPOD+AI, prediction models.
- `result_facts.py`: what `metrics.json` tells.
- `cohort_facts.py`: what a COHORT tells.
- `study_facts.py`: what a STUDY, a RUN or anyone's table tells.
- `fill.py`: a checklist with its facts, as a table of a page and as CSV.
"""
