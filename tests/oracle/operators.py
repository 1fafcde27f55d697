"""Writes src/inference/packages/operators.txt: every operator that ONNX Runtime knows, one domain a line."""
import collections, pathlib, sys
from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema

known = collections.defaultdict(set)
for schema in get_all_operator_schema():
    known[schema.domain or "ai.onnx"].add(schema.name)
out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "src/inference/packages/operators.txt")
out.write_text("".join(f"{domain} {' '.join(sorted(names))}\n" for domain, names in sorted(known.items())))
