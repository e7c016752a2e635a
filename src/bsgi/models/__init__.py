"""The networks: one file per architecture, and one catalogue that builds them by name.

May import: errors, files, provenance, exam, evaluation; PyTorch, MONAI.

- `network.py`: what every network offers: features, a classifier on them, logits.
- `paper_resnet.py`: the paper's network, in both of its readings.
- `catalogue.py`: all networks by name, with their settings.
"""
