"""Whether an ONNX graph is one that our exports write.

An engine does what a graph says: it opens the files that external data names, and asks
for as much memory as a shape wants. So only plain operations are let through, every
tensor has its numbers in the file, and inputs and outputs have the shapes that the
bundle states.

References:
    ONNX, onnx.proto. https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

from dataclasses import dataclass
from math import prod
from typing import Final

from bsgi.runtime.folder import BundleError
from bsgi.runtime.protobuf import Field, Message, Schema, Wire

OPSET: Final = 18
"""Version of the operations; pinned, so that a graph means the same in ten years."""

OPERATIONS: Final = frozenset(
    {
        "Add", "Cast", "Concat", "Conv", "Div", "Einsum", "Flatten", "Gemm",
        "GlobalAveragePool", "Greater", "MatMul", "MaxPool", "Mul", "ReduceMean",
        "Relu", "Split", "Sub", "Unsqueeze",
    }
)  # fmt: skip
"""Operations whose result is about as large as what goes in; none reads a file."""

INPUT: Final = "images"
OUTPUTS: Final = ("logits", "features", "maps")
"""Names of the outputs, in their order."""

_LARGEST: Final = 4096
"""No padding, stride or axis of an export comes near."""

_FLOAT, _INT64 = 1, 7
_BYTES: Final = {_FLOAT: 4, _INT64: 8}

_MODEL: Final[Schema] = {
    1: Field("ir_version", Wire.NUMBER),
    2: Field("producer", Wire.BYTES),
    3: Field("producer_version", Wire.BYTES),
    7: Field("graph", Wire.BYTES),
    8: Field("opset", Wire.BYTES, repeated=True),
}
_OPSET: Final[Schema] = {
    1: Field("domain", Wire.BYTES),
    2: Field("version", Wire.NUMBER),
}
_GRAPH: Final[Schema] = {
    1: Field("node", Wire.BYTES, repeated=True),
    2: Field("name", Wire.BYTES),
    5: Field("initializer", Wire.BYTES, repeated=True),
    11: Field("input", Wire.BYTES, repeated=True),
    12: Field("output", Wire.BYTES, repeated=True),
}
_NODE: Final[Schema] = {
    1: Field("input", Wire.BYTES, repeated=True),
    2: Field("output", Wire.BYTES, repeated=True),
    3: Field("name", Wire.BYTES),
    4: Field("operation", Wire.BYTES),
    5: Field("attribute", Wire.BYTES, repeated=True),
    7: Field("domain", Wire.BYTES),
}
_ATTRIBUTE: Final[Schema] = {
    1: Field("name", Wire.BYTES),
    2: Field("float", Wire.FLOAT),
    3: Field("number", Wire.NUMBER),
    4: Field("text", Wire.BYTES),
    8: Field("numbers", Wire.NUMBER, repeated=True),
    20: Field("type", Wire.NUMBER),
}
_TENSOR: Final[Schema] = {
    1: Field("dims", Wire.NUMBER, repeated=True),
    2: Field("type", Wire.NUMBER),
    8: Field("name", Wire.BYTES),
    9: Field("raw", Wire.BYTES),
}
_VALUE: Final[Schema] = {1: Field("name", Wire.BYTES), 2: Field("type", Wire.BYTES)}
_TYPE: Final[Schema] = {1: Field("tensor", Wire.BYTES)}
_TENSOR_TYPE: Final[Schema] = {
    1: Field("type", Wire.NUMBER),
    2: Field("shape", Wire.BYTES),
}
_SHAPE: Final[Schema] = {1: Field("dim", Wire.BYTES, repeated=True)}
_DIM: Final[Schema] = {1: Field("value", Wire.NUMBER), 2: Field("name", Wire.BYTES)}


@dataclass(frozen=True, slots=True)
class GraphShape:
    """What goes into a graph and what comes out, for each exam.

    Args:
        size: Rows and columns of each of the four views.
        channels: Pooled features.
        map_rows: Rows of a heat map.
        map_cols: Columns of a heat map.

    Raises:
        ValueError: If a number is not positive, or larger than any network needs.
    """

    size: int
    channels: int
    map_rows: int
    map_cols: int

    def __post_init__(self) -> None:
        numbers = (self.size, self.channels, self.map_rows, self.map_cols)
        if not all(1 <= number <= _LARGEST for number in numbers):
            raise ValueError(f"shapes must be 1 to {_LARGEST}, got {numbers}.")

    @property
    def inputs(self) -> dict[str, tuple[int, ...]]:
        """Shape of the input by name, without the exams."""
        return {INPUT: (4, self.size, self.size)}

    @property
    def outputs(self) -> dict[str, tuple[int, ...]]:
        """Shape of each output by name, without the exams."""
        maps = (2, self.map_rows, self.map_cols)
        return dict(zip(OUTPUTS, ((2,), (self.channels,), maps), strict=True))


def check_graph(content: bytes, shape: GraphShape) -> None:
    """Refuse a graph that no export of ours writes.

    Args:
        content: The file ``model.onnx``.
        shape: What must go in and come out.

    Raises:
        BundleError: If anything about it is strange; one line says what.
    """
    model = Message(memoryview(content), _MODEL, "model")
    opsets = [Message(each, _OPSET, "opset") for each in model.parts("opset")]
    found = [(each.text("domain"), each.number("version")) for each in opsets]
    if found != [("", OPSET)]:
        raise BundleError(
            f"the graph must use the operations of ONNX, version {OPSET}, got {found}."
        )
    if len(model.parts("graph")) != 1:
        raise BundleError("model.onnx must hold a graph, and it holds none.")
    graph = Message(model.parts("graph")[0], _GRAPH, "graph")
    for node in graph.parts("node"):
        _check_node(node)
    for tensor in graph.parts("initializer"):
        _check_tensor(tensor)
    _check_values("input", graph.parts("input"), shape.inputs)
    _check_values("output", graph.parts("output"), shape.outputs)


def _check_node(data: memoryview) -> None:
    node = Message(data, _NODE, "node")
    operation = node.text("operation")
    if node.text("domain") or operation not in OPERATIONS:
        raise BundleError(
            "the graph must use operations that exports write, got "
            f"{node.text('domain')}{operation!r}."
        )
    for each in node.parts("attribute"):
        attribute = Message(each, _ATTRIBUTE, "attribute")
        numbers = (*attribute.numbers("number"), *attribute.numbers("numbers"))
        if any(abs(number) > _LARGEST for number in numbers):
            raise BundleError(
                f"the attributes of a graph must be at most {_LARGEST}, but "
                f"{attribute.text('name')} of a node {operation} is larger."
            )


def _check_tensor(data: memoryview) -> None:
    tensor = Message(data, _TENSOR, "tensor")
    dims, kind = tensor.numbers("dims"), tensor.number("type")
    there = sum(map(len, tensor.parts("raw")))
    if kind not in _BYTES or any(size < 0 for size in dims):
        raise BundleError("the tensors of a graph must be float32 or int64.")
    needed = prod(dims) * _BYTES[kind]
    if there != needed:
        raise BundleError(
            f"the tensors of a graph must be in its file: one says {needed:,} bytes, "
            f"and {there:,} are there."
        )


def _check_values(
    what: str, values: list[memoryview], expected: dict[str, tuple[int, ...]]
) -> None:
    found = {}
    for each in values:
        value = Message(each, _VALUE, what)
        found[value.text("name")] = _read_shape(value)
    wanted = {name: (None, *sizes) for name, sizes in expected.items()}
    if found != wanted or len(values) != len(wanted):
        raise BundleError(
            f"the {what}s of the graph must be float32 of the shapes {wanted}, with "
            f"any number of exams, got {found}."
        )


def _read_shape(value: Message) -> tuple[int | None, ...]:
    """Sizes of a value; None where any number of exams may stand."""
    for kind in value.parts("type"):
        for tensor in Message(kind, _TYPE, "type").parts("tensor"):
            described = Message(tensor, _TENSOR_TYPE, "type")
            if described.number("type") != _FLOAT:
                break
            return tuple(
                _read_dim(Message(dim, _DIM, "dimension"))
                for shape in described.parts("shape")
                for dim in Message(shape, _SHAPE, "shape").parts("dim")
            )
    return ()


def _read_dim(dim: Message) -> int | None:
    sizes = dim.numbers("value")
    return sizes[0] if sizes else None
