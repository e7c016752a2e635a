"""From a RUN to a bundle that the clinic reads without PyTorch.

- `graph.py`: network and heat maps as one ONNX graph, without a backward pass.
- `parity.py`: how near that graph comes to PyTorch and to maps by autograd.
- `run.py`: the bundle of a RUN.
"""
