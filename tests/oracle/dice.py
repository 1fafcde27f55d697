"""Makes tests/data/dice.onnx: a graph that adds noise of its own to what it is given, as older exports of encoders do.

    python tests/oracle/dice.py
"""
import pathlib

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

node = helper.make_node
graph = helper.make_graph(
    [
        node("RandomNormalLike", ["sample"], ["noise"], dtype=TensorProto.FLOAT),
        node("Mul", ["noise", "deviation"], ["spread"]),
        # A second throw, of a shape that the graph knows itself.
        node("RandomNormal", [], ["more"], dtype=TensorProto.FLOAT, shape=[1, 4]),
        node("Add", ["sample", "spread"], ["about"]),
        node("Add", ["about", "more"], ["latent_sample"]),
    ],
    "dice",
    [helper.make_tensor_value_info("sample", TensorProto.FLOAT, [1, 4])],
    [helper.make_tensor_value_info("latent_sample", TensorProto.FLOAT, [1, 4])],
    [numpy_helper.from_array(numpy.array([[0.5, 1, 2, 4]], "f"), "deviation")],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], producer_name="dice.py")
model.ir_version = 8
onnx.checker.check_model(model)
target = pathlib.Path(__file__).parents[2] / "tests/data/dice.onnx"
target.write_bytes(model.SerializeToString())
