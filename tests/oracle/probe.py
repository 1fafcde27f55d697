"""Makes src/inference/probe.onnx: a convolution and a matrix product, to try whether a provider really computes.

    python3 tests/oracle/probe.py
"""
import pathlib

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

ones = numpy.ones
graph = helper.make_graph(
    [
        helper.make_node("Conv", ["x", "kernel"], ["seen"], pads=[1, 1, 1, 1]),
        helper.make_node("MatMul", ["seen", "matrix"], ["y"]),
    ],
    "probe",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 2, 2])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1, 2, 2])],
    [
        numpy_helper.from_array(ones((1, 1, 3, 3), "f"), "kernel"),
        numpy_helper.from_array(numpy.array([[1, 2], [3, 4]], "f"), "matrix"),
    ],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="probe.py")
model.ir_version = 8
onnx.checker.check_model(model)
target = pathlib.Path(__file__).parents[2] / "src/inference/probe.onnx"
target.write_bytes(model.SerializeToString())
