"""The networks: one file per architecture, and one catalogue that builds them by name.

May import: errors, files, provenance, exam, evaluation; PyTorch, MONAI.

- `network.py`: what every method offers: logits; what heat maps and pre-training need.
- `paper_resnet.py`: the paper's network, in both of its readings.
- `neural_network.py`: the paper's first baseline, a multilayer perceptron.
- `stacked_autoencoder.py`: the second, autoencoders of patches under a classifier.
- `imagenet.py`: ImageNet weights as the start of a trunk; `weight_files.py` reads them,
  `hub.py` fetches them by name.
- `catalogue.py`: all networks by name, with their settings.
"""
