"""A network and its heat maps as one ONNX graph, without a backward pass.

With global average pooling and two full layers the gradient of a logit with respect to
the last feature maps is known: alpha_c = W1^T (1[h > 0] * w2_c) / (rows * cols), for
class c and hidden units h. So logits, pooled features and Grad-CAM come out of one
forward pass. `parity.py` proves each graph against a backward pass.
"""

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import onnx
import torch
from jaxtyping import Float
from onnx import ModelProto
from torch import Tensor, nn

from bsgi.errors import ConfigError
from bsgi.models.network import Classifier, Network
from bsgi.models.paper_resnet import PaperResNet
from bsgi.runtime.graph import INPUT, OPSET, OUTPUTS, GraphShape

_PRODUCER = "bsgi"
_EXAMS = 2
"""Exams of the image by which the graph is traced; one would be taken as constant."""


class _WithMaps(nn.Module):
    """A network that gives its pooled features and Grad-CAM besides its logits."""

    def __init__(self, network: PaperResNet) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, images: Float[Tensor, "exam view row col"]
    ) -> tuple[Tensor, Tensor, Tensor]:
        network = self.network
        maps = network.features(images)
        pooled = maps.mean(dim=(2, 3))
        hidden = network.fc1(pooled)
        logits = network.fc2(torch.relu(hidden))
        active = (hidden > 0).to(maps.dtype)
        reach = active[:, None, :] * network.fc2.weight[None]
        alpha = (reach @ network.fc1.weight) / (maps.shape[2] * maps.shape[3])
        evidence = torch.relu(torch.einsum("nkc,ncij->nkij", alpha, maps))
        return logits, pooled, evidence


def require_head(network: Classifier, method: str) -> PaperResNet:
    """The network, if the gradient of its head is known in closed form.

    Args:
        network: A trained network.
        method: What messages call it.

    Raises:
        ConfigError: If it has no feature maps, or another head. A bundle without heat
            maps is not written: nobody could see where its scores come from.
    """
    if not isinstance(network, Network):
        raise ConfigError(
            "a bundle must have heat maps, so its network must have feature maps, but "
            f"{method} has none; export a network such as the paper's."
        )
    if not isinstance(network, PaperResNet):
        raise ConfigError(
            f"a bundle must be of a network with pooling and two full layers, but "
            f"{method} has another head."
        )
    return network


def build_graph(network: PaperResNet, size: int) -> tuple[bytes, GraphShape]:
    """The graph of a trained network; the same network gives the same bytes.

    Args:
        network: The network, in evaluation mode.
        size: Rows and columns of each view.

    Returns:
        The content of ``model.onnx``, and what goes in and comes out.
    """
    model = _WithMaps(network).eval()
    images = torch.zeros(_EXAMS, 4, size, size)
    with torch.no_grad():
        _, pooled, maps = model(images)
    with _quietly():
        program = torch.onnx.export(
            model,
            (images,),
            dynamo=True,
            input_names=[INPUT],
            output_names=list(OUTPUTS),
            dynamic_shapes=({0: torch.export.Dim("exam", min=1)},),
            opset_version=OPSET,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("PyTorch's exporter gave no graph.")
    plain = _clean(program.model_proto)
    shape = GraphShape(size, pooled.shape[1], maps.shape[2], maps.shape[3])
    return plain.SerializeToString(deterministic=True), shape


def _clean(found: ModelProto) -> ModelProto:
    """The graph alone: no paths, stack traces, comments, names of inner shapes.

    The exporter names values by counters that go on from graph to graph; here they are
    numbered in the order of their use.
    """
    tensors = {each.name: each for each in found.graph.initializer}
    names = {name: name for name in (INPUT, *OUTPUTS)}
    used: dict[str, None] = {}
    nodes = []
    for node in found.graph.node:
        for name in (*node.input, *node.output):
            kind = "weight" if name in tensors else "value"
            names.setdefault(name, f"{kind}_{len(names)}" if name else "")
        used |= dict.fromkeys(name for name in node.input if name in tensors)
        nodes.append(_clean_node(node, names))
    graph = onnx.helper.make_graph(
        nodes,
        _PRODUCER,
        [_clean_value(value) for value in found.graph.input],
        [_clean_value(value) for value in found.graph.output],
        [
            onnx.numpy_helper.from_array(
                onnx.numpy_helper.to_array(tensors[name]), names[name]
            )
            for name in used
        ],
    )
    model = onnx.helper.make_model(
        graph,
        producer_name=_PRODUCER,
        ir_version=found.ir_version,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def _clean_node(node: onnx.NodeProto, names: Mapping[str, str]) -> onnx.NodeProto:
    plain = onnx.NodeProto(op_type=node.op_type)
    plain.input.extend(names[name] for name in node.input)
    plain.output.extend(names[name] for name in node.output)
    for each in sorted(node.attribute, key=lambda attribute: attribute.name):
        kept = plain.attribute.add()
        kept.CopyFrom(each)
        kept.ClearField("doc_string")
    return plain


def _clean_value(value: onnx.ValueInfoProto) -> onnx.ValueInfoProto:
    plain = onnx.ValueInfoProto(name=value.name)
    plain.type.CopyFrom(value.type)
    return plain


@contextmanager
def _quietly() -> Iterator[None]:
    """A block in which PyTorch's exporter says nothing of packages that it misses."""
    log = logging.getLogger("torch.onnx")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(before)
