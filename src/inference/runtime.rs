//! Opens ONNX Runtime: the library that this binary carries, or another that the operator names.
