"""The bundle and the predictor: a network in the clinic, without PyTorch.

May import `bsgi.evaluation`, `bsgi.exam` and the rooms below; no DICOM, no cohort.

- `bundle.py`: what a bundle holds; a folder of strangers is verified before use.
- `folder.py`: its files, their hashes, and what may not lie among them.
- `protobuf.py`: fields of a protocol buffer, read strictly.
- `graph.py`: whether an ONNX graph is one that our exports write.
- `engine.py`: what runs a graph, whatever it is.
- `onnx_runtime.py`, `openvino.py`: the two engines.
- `maps.py`: heat maps back in the pixels that the camera saved.
- `values.py`: the ratios that a physician knows.
- `predict.py`: exams to predictions.
- `output.py`: predictions to a table and to NPZ files.
"""
