"""Writes the package: four ONNX graphs, the lexicon, the configs and the manifest."""

import argparse
import json
import os
import warnings

import onnxruntime
import torch

import layout as l
import vocabulary as v
from drawing.decoder import Decoder
from encoder import HEIGHT, WIDTH, Encoder
from train_transformer import Learner
from transformer import DIM, MAX_REFERENCES, reference_ids

ROLES = v.ROLES[1:]
MANIFEST = """# The starter: made by models/starter/train.sh
name = "starter"
version = "1.0.0"
family = "scene"
licence = "Apache-2.0"
memory_bytes = 300000000
known_threshold = {threshold}

[capabilities]
tasks = ["picture", "edit", "clip"]
max_references = {references}
roles = [{roles}]
min_side = 64
max_side = 2048
multiple = 2
sizes = ["640x360", "1280x720", "512x512", "360x640"]

[defaults]
size = "640x360"
steps = {steps}
guidance = {guidance}
frames = 48
rate = "24"
{hashes}"""
STEPS, GUIDANCE, KNOWN_THRESHOLD = 16, 2.0, 0.85


def write(model, example, names, outputs, path, dynamic):
    """Export one graph and let ONNX Runtime fold its constants (standard operators only)."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    torch.onnx.export(model.eval(), example, path + ".raw", dynamo=False, opset_version=17, input_names=names,
        output_names=outputs, dynamic_axes=dynamic)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = path
    onnxruntime.InferenceSession(path + ".raw", options)
    os.remove(path + ".raw")


def config(folder, **values):
    """A part's config.json."""
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump(values, file, indent=2)
        file.write("\n")


def weights(path, model, key=None):
    """Load trained weights if they are there; say so if not."""
    if not os.path.exists(path):
        print(f"no weights at {path}: exporting untrained")
        return model
    saved = torch.load(path, weights_only=True)
    state = saved["average"]
    model.load_state_dict({k.removeprefix("module."): t for k, t in state.items() if k.startswith("module.")})
    return model


def export_words(learner, out):
    """Text encoder and transformer."""
    ids = torch.tensor([[1, 20, 40, 0]])
    write(learner.text, (ids,), ["input_ids"], ["last_hidden_state"], f"{out}/text_encoder/model.onnx",
        {"input_ids": {0: "batch", 1: "words"}, "last_hidden_state": {0: "batch", 1: "words"}})
    config(f"{out}/text_encoder", channels=DIM + len(v.KINDS), max_tokens=64)
    places = reference_ids([1, 2])
    hidden = torch.randn(2, places.shape[0], l.CHANNELS)
    example = (hidden, places, torch.randn(2, 4, DIM + len(v.KINDS)), torch.ones(2, 4), torch.tensor([1.0, .5]))
    names = ["hidden_states", "img_ids", "encoder_hidden_states", "encoder_attention_mask", "timestep"]
    dynamic = {"hidden_states": {0: "batch", 1: "tokens"}, "img_ids": {0: "tokens"},
        "encoder_hidden_states": {0: "batch", 1: "words"}, "encoder_attention_mask": {0: "batch", 1: "words"},
        "timestep": {0: "batch"}, "out_hidden_states": {0: "batch", 1: "tokens"}}
    write(learner.scene, example, names, ["out_hidden_states"], f"{out}/transformer/model.onnx", dynamic)
    config(f"{out}/transformer", scene_tokens=l.TOKENS, channels=l.CHANNELS, max_references=MAX_REFERENCES)


def export_pictures(encoder, out):
    """Encoder and drawing decoder."""
    write(encoder, (torch.rand(1, 3, HEIGHT, WIDTH) * 2 - 1,), ["sample"], ["latent_sample", "known"],
        f"{out}/vae_encoder/model.onnx", {})
    config(f"{out}/vae_encoder", sample_size=[HEIGHT, WIDTH], scene_tokens=l.TOKENS, channels=l.CHANNELS)
    latent = torch.from_numpy(l.to_latent(l.empty_classes()[None]))
    example = (latent, torch.zeros(1), torch.zeros(1), torch.tensor([90]), torch.tensor([160]))
    write(Decoder(), example, ["latent_sample", "seconds", "duration", "height", "width"], ["sample"],
        f"{out}/vae_decoder/model.onnx", {"sample": {2: "height", 3: "width"}})
    config(f"{out}/vae_decoder", scene_tokens=l.TOKENS, channels=l.CHANNELS)


def export_rest(out):
    """Lexicon, scheduler, index and manifest (with hashes where blake3 is installed)."""
    os.makedirs(f"{out}/tokenizer", exist_ok=True)
    os.makedirs(f"{out}/scheduler", exist_ok=True)
    with open(f"{out}/tokenizer/lexicon.json", "w") as file:
        json.dump(v.lexicon(), file, indent=1)
    with open(f"{out}/scheduler/scheduler_config.json", "w") as file:
        json.dump({"_class_name": "FlowMatchEulerDiscreteScheduler", "num_train_timesteps": 1000, "shift": 1.0,
            "use_dynamic_shifting": False}, file, indent=2)
    parts = {"scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"], "tokenizer": ["studio", "Lexicon"],
        "text_encoder": ["studio", "OnnxModel"], "transformer": ["studio", "OnnxModel"],
        "vae_encoder": ["studio", "OnnxModel"], "vae_decoder": ["studio", "OnnxModel"]}
    with open(f"{out}/model_index.json", "w") as file:
        json.dump({"_class_name": "StudioScenePipeline", **parts}, file, indent=2)
    with open(f"{out}/studio-model.toml", "w") as file:
        file.write(MANIFEST.format(threshold=KNOWN_THRESHOLD, references=MAX_REFERENCES,
            roles=", ".join(f'"{r}"' for r in ROLES), steps=STEPS, guidance=GUIDANCE, hashes=hashes(out)))


def hashes(out):
    """The [files] table."""
    from blake3 import blake3
    lines = ["", "[files]"]
    for folder, _, files in sorted(os.walk(out)):
        for name in sorted(files):
            path = os.path.join(folder, name)
            if name != "studio-model.toml":
                with open(path, "rb") as file:
                    lines.append(f'"{os.path.relpath(path, out)}" = "{blake3(file.read()).hexdigest()}"')
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    parser.add_argument("--out", default="package")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    with torch.no_grad():
        export_words(weights(f"{args.build}/transformer.pt", Learner()), args.out)
        export_pictures(weights(f"{args.build}/encoder.pt", Encoder()), args.out)
    export_rest(args.out)
    print(f"package in {args.out}")


if __name__ == "__main__":
    main()
