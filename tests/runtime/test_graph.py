"""Graphs of strangers, with the right hash: only what exports write is let through."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from bsgi.runtime.bundle import load_bundle
from bsgi.runtime.folder import BundleError
from bsgi.runtime.graph import check_graph
from tests.runtime.make_bundle import make_bundle, some_graph

CHANGE = Callable[[onnx.ModelProto], None]


def _external(model: onnx.ModelProto) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../../etc/passwd"


def _external_beside(model: onnx.ModelProto) -> None:
    entry = model.graph.initializer[0].external_data.add()
    entry.key, entry.value = "location", "weights.bin"


def _giant(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].dims[:] = [1 << 40]


def _overflowing(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].dims[:] = [1 << 32, 1 << 32]


def _negative(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].dims[:] = [-1, 7, 7, 64]


def _text(model: onnx.ModelProto) -> None:
    tensor = model.graph.initializer.add(name="x", data_type=TensorProto.STRING)
    tensor.string_data.append(b"a")


def _operation(name: str, domain: str = "") -> CHANGE:
    def change(model: onnx.ModelProto) -> None:
        node = helper.make_node(name, ["images"], ["x"], domain=domain)
        model.graph.node.insert(0, node)

    return change


def _pad(model: onnx.ModelProto) -> None:
    node = next(each for each in model.graph.node if each.op_type == "Conv")
    pads = next(each for each in node.attribute if each.name == "pads")
    pads.ints[:] = [1 << 30] * 4


def _branch(model: onnx.ModelProto) -> None:
    model.graph.node[0].attribute.append(
        helper.make_attribute("then_branch", helper.make_graph([], "g", [], []))
    )


def _inner_tensor(model: onnx.ModelProto) -> None:
    value = numpy_helper.from_array(np.zeros(3, np.float32))
    model.graph.node[0].attribute.append(helper.make_attribute("value", value))


def _function(model: onnx.ModelProto) -> None:
    model.functions.append(
        helper.make_function("d", "f", [], [], [], [helper.make_opsetid("", 18)])
    )


def _domain(model: onnx.ModelProto) -> None:
    model.opset_import.append(helper.make_opsetid("com.example", 1))


def _version(model: onnx.ModelProto) -> None:
    model.opset_import[0].version = 17


def _output(model: onnx.ModelProto) -> None:
    del model.graph.output[2]


def _type(model: onnx.ModelProto) -> None:
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.DOUBLE


def _fixed_batch(model: onnx.ModelProto) -> None:
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1


def _rows(model: onnx.ModelProto) -> None:
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_value = 1 << 20


def _metadata(model: onnx.ModelProto) -> None:
    helper.set_model_props(model, {"path": "somewhere"})


HOSTILE: dict[str, tuple[CHANGE, str]] = {
    "external data": (_external, "what an export writes"),
    "external data beside": (_external_beside, "what an export writes"),
    "a giant tensor": (_giant, "must be in its file: one says"),
    "a tensor whose size overflows": (_overflowing, "must be in its file: one says"),
    "a negative size": (_negative, "must be float32 or int64"),
    "a tensor of texts": (_text, "what an export writes"),
    "a loop": (_operation("Loop"), "got 'Loop'"),
    "a tensor made at run time": (_operation("ConstantOfShape"), "operations that"),
    "an operation of others": (_operation("Relu", "com.example"), "com.example'Relu'"),
    "giant padding": (_pad, "at most 4096, but pads of a node Conv is larger"),
    "a graph in a node": (_branch, "what an export writes"),
    "a tensor in a node": (_inner_tensor, "what an export writes"),
    "a function": (_function, "what an export writes"),
    "operations of others": (_domain, "must use the operations of ONNX, version 18"),
    "another version": (_version, "must use the operations of ONNX, version 18"),
    "no maps": (_output, "the outputs of the graph must be"),
    "an input of doubles": (_type, "the inputs of the graph must be"),
    "one exam at a time": (_fixed_batch, "the inputs of the graph must be"),
    "a giant input": (_rows, "the inputs of the graph must be"),
    "metadata": (_metadata, "what an export writes"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_graph_is_refused_in_one_line(case: str, tmp_path: Path) -> None:
    change, said = HOSTILE[case]
    model = onnx.load_from_string(some_graph()[0])
    change(model)
    folder = make_bundle(tmp_path / "b", graph=model.SerializeToString())
    with pytest.raises(BundleError) as refused:
        load_bundle(folder)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_two_graphs_that_a_parser_would_merge_are_refused() -> None:
    content, shape = some_graph()
    other = onnx.ModelProto()
    other.graph.name = "x"
    with pytest.raises(BundleError, match="one graph per model"):
        check_graph(content + other.SerializeToString(), shape)


@settings(max_examples=60)
@given(st.data())
def test_a_spoiled_graph_is_refused_or_as_good(data: st.DataObject) -> None:
    """No byte of the part without numbers makes the reader fail in another way."""
    content, shape = some_graph()
    start = content.rindex(b"images") - 200
    place = data.draw(st.integers(start, len(content) - 1))
    cut = data.draw(st.booleans())
    changed = bytearray(content[:place] if cut else content)
    if not cut:
        changed[place] = data.draw(st.integers(0, 255))
    with suppress(BundleError):
        check_graph(bytes(changed), shape)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_calmly(content: bytes) -> None:
    with pytest.raises(BundleError):
        check_graph(content, some_graph()[1])
