"""Writes tests/data/packages/{sd-half,kontext-half,ltx-half}: half precision as packaging/export-model.py makes it.

The tiny models are those of diffusion.py and video.py, saved as diffusers saves them and exported with --dtype fp16; the
reference cases are PyTorch's in fp32. kontext-half has its transformer's weights in a file beside the graph. Also
upscale2-half, an upscaler whose input and output are halves, and bfloat16, which has no operator on a CPU."""
import pathlib, runpy, shutil, sys, tempfile
import onnx, torch
from onnx import TensorProto, helper, numpy_helper
from diffusers import FluxKontextPipeline, LTXPipeline, StableDiffusionPipeline

root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data/packages")
exporter = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "export-model.py"
beside = tempfile.TemporaryDirectory()
scratch = pathlib.Path(beside.name)
# The exporter's rooms have namesakes here; the scripts that make the models read where to write them.
sys.path.insert(0, str(exporter.parent))
sys.argv[1:] = [str(scratch)]
from files import forget, outside, write  # noqa: E402
from flux import flux  # noqa: E402
from stable_diffusion import stable_diffusion  # noqa: E402
from video import ltx  # noqa: E402


def exported(name, pipeline, cases):
    """The package of a pipeline in half precision, with some of its cases."""
    out, source = root / f"{name}-half", scratch / "source" / name
    pipeline.save_pretrained(source, safe_serialization=True)
    shutil.rmtree(out, ignore_errors=True)
    arguments, sys.argv = sys.argv, [str(exporter), str(source), str(out), "--dtype", "fp16", "--licence", "Apache-2.0"]
    runpy.run_path(str(exporter), run_name="__main__")
    sys.argv = arguments
    for graph in out.glob("*/model.onnx"):
        forget(graph)
    for case in cases:
        shutil.copytree(scratch / name / "reference" / case, out / "reference" / case)
    return out


def halved(graph, kind):
    """A graph with numbers of another kind throughout: what goes in and out too."""
    model = onnx.load(graph)
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            values = numpy_helper.to_array(tensor)
            tensor.CopyFrom(helper.make_tensor(tensor.name, kind, values.shape, values.flatten().tolist()))
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t") and attribute.t.data_type == TensorProto.FLOAT:
                values = numpy_helper.to_array(attribute.t)
                # Resize counts its scales in floats, whatever it enlarges.
                if node.op_type != "Constant" or not any(node.output[0] in user.input and user.op_type == "Resize" for user in model.graph.node):
                    attribute.t.CopyFrom(helper.make_tensor("", kind, values.shape, values.flatten().tolist()))
    for value in [*model.graph.input, *model.graph.output]:
        value.type.tensor_type.elem_type = kind
    del model.graph.value_info[:]
    onnx.save(model, graph)


def upscaler(name, kind, cases):
    out = root / name
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(root / "upscale2", out, ignore=shutil.ignore_patterns("reference"))
    halved(out / "upscaler" / "model.onnx", kind)
    for case in cases:
        shutil.copytree(root / "upscale2" / "reference" / case, out / "reference" / case)
    return out


with torch.no_grad():
    parts = stable_diffusion(scratch, "sd")
    made = [exported("sd", StableDiffusionPipeline(**parts, safety_checker=None, feature_extractor=None, requires_safety_checker=False), ["plain", "edit"])]
    made.append(exported("kontext", FluxKontextPipeline(**flux(scratch, "kontext")), ["words", "edit"]))
    outside(made[-1] / "transformer" / "model.onnx")
    made.append(exported("ltx", LTXPipeline(**ltx("ltx")), ["one-frame", "first"]))
    made.append(upscaler("upscale2-half", TensorProto.FLOAT16, ["small"]))
    made.append(upscaler("upscale2-bfloat16", TensorProto.BFLOAT16, []))
for package in made:
    print(package.name, sum(f.stat().st_size for f in package.rglob("*") if f.is_file()) // 1024, "KiB")
