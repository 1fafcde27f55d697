"""Writes tests/data/packages/scene: a tiny random package of the starter's family, and one reference case.

Nothing is trained: the words mean nothing and the pictures are colour washes. It exists so that the scene pipeline,
the worker and the command line are tested without the starter model."""
import json, pathlib, sys
import numpy as np, torch
from torch import nn

S, D, C = 6, 8, 16
torch.manual_seed(7)
out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data/packages/scene")


class Text(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(16, C)

    def forward(self, input_ids):
        real = (input_ids != 0).float()[..., None]
        return self.words(input_ids) * real


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.enter, self.place, self.time = nn.Linear(D, C), nn.Linear(3, C), nn.Linear(1, C)
        self.q, self.k, self.v, self.leave = nn.Linear(C, C), nn.Linear(C, C), nn.Linear(C, C), nn.Linear(C, D)

    def forward(self, hidden_states, img_ids, encoder_hidden_states, encoder_attention_mask, timestep):
        x = self.enter(hidden_states) + torch.sin(self.place(img_ids))[None] + self.time(timestep[:, None])[:, None]
        y = torch.cat([x, encoder_hidden_states], 1)
        seen = torch.cat([torch.ones_like(x[..., 0]), encoder_attention_mask], 1)
        score = self.q(x) @ self.k(y).transpose(1, 2) / C**0.5 + (seen[:, None] - 1) * 1e9
        return self.leave(torch.tanh(x + score.softmax(-1) @ self.v(y)))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.look = nn.Linear(3 * 4, S * D)

    def forward(self, sample):
        means = nn.functional.adaptive_avg_pool2d(sample, (2, 2)).reshape(1, 12)
        known = (means.abs().mean() < 0.6).float().reshape(1)
        return self.look(means).reshape(1, S, D), known


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.colour = nn.Linear(D, 3)

    def forward(self, latent_sample, seconds, duration, height, width):
        y = (torch.arange(0, height[0], dtype=torch.float32) + 0.5) / height.float()
        x = (torch.arange(0, width[0], dtype=torch.float32) + 0.5) / width.float()
        share = seconds / torch.clamp(duration, min=1e-3)
        where = torch.sigmoid(latent_sample[0, :, :2]) + 0.2 * share * latent_sample[0, :, 2:3]
        far = (y[None, :, None] - where[:, 0, None, None]) ** 2 + (x[None, None, :] - where[:, 1, None, None]) ** 2
        weight = torch.softmax(-20 * far, 0)
        colour = torch.tanh(self.colour(latent_sample[0]))
        return torch.einsum("shw,sc->chw", weight, colour)[None]


def export(module, folder, inputs, names, outputs, dynamic):
    (out / folder).mkdir(parents=True, exist_ok=True)
    torch.onnx.export(module.eval(), inputs, out / folder / "model.onnx", input_names=names, output_names=outputs,
                      dynamic_axes=dynamic, opset_version=17, dynamo=False)


def write(file, value):
    (out / file).parent.mkdir(parents=True, exist_ok=True)
    (out / file).write_text(json.dumps(value, indent=1) + "\n")


text, transformer, encoder, decoder = Text(), Transformer(), Encoder(), Decoder()
ids = torch.tensor([[1, 2, 3]])
words = text(ids)
export(text, "text_encoder", (ids,), ["input_ids"], ["last_hidden_state"], {"input_ids": [0, 1], "last_hidden_state": [0, 1]})
hidden, places = torch.randn(1, S, D), torch.zeros(S, 3)
export(transformer, "transformer", (hidden, places, words, torch.ones(1, 3), torch.ones(1)),
       ["hidden_states", "img_ids", "encoder_hidden_states", "encoder_attention_mask", "timestep"], ["out_hidden_states"],
       {"hidden_states": [0, 1], "img_ids": [0], "encoder_hidden_states": [0, 1], "encoder_attention_mask": [0, 1],
        "timestep": [0], "out_hidden_states": [0, 1]})
export(encoder, "vae_encoder", (torch.zeros(1, 3, 24, 32),), ["sample"], ["latent_sample", "known"], {})
one = torch.ones(1, dtype=torch.int64)
export(decoder, "vae_decoder", (torch.randn(1, S, D), torch.zeros(1), torch.zeros(1), one * 24, one * 32),
       ["latent_sample", "seconds", "duration", "height", "width"], ["sample"], {"sample": [2, 3]})

write("model_index.json", {"_class_name": "StudioScenePipeline", "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"]})
write("scheduler/scheduler_config.json", {"_class_name": "FlowMatchEulerDiscreteScheduler", "num_train_timesteps": 1000, "shift": 1.0})
write("transformer/config.json", {"scene_tokens": S, "channels": D, "max_references": 5})
write("vae_encoder/config.json", {"sample_size": [24, 32]})
write("vae_decoder/config.json", {})
write("text_encoder/config.json", {})
write("tokenizer/lexicon.json", {
    "version": 1, "max_tokens": 16, "pad": 0, "start": 1, "ignore": ["a", "an", "the", "on"],
    "phrases": {"close up": 2}, "words": {",": 3, "red": 4, "blue": 5, "green": 6, "circle": 7, "circles": 7, "square": 8,
                                          "beach": 9, "night": 10, "moves": 11, "left": 12, "right": 13, "snow": 14, "house": 15},
    "fuzzy_min_length": 4})
(out / "studio-model.toml").write_text("""name = "scene"
version = "0.0.1"
family = "scene"
licence = "Apache-2.0"
known_threshold = 0.5
[capabilities]
tasks = ["picture", "edit", "clip"]
max_references = 5
min_side = 16
max_side = 2048
multiple = 2
sizes = ["64x36"]
[defaults]
size = "64x36"
steps = 4
guidance = 2.0
frames = 8
rate = "12"
""")

# One reference case, computed here in torch.
case = out / "reference" / "red-circle"
case.mkdir(parents=True, exist_ok=True)
noise = torch.randn(1, S, D)
steps, guidance, height, width = 4, 2.0, 36, 64
prompt, negative = torch.tensor([[1, 4, 7]]), torch.tensor([[1, 0, 0]])
with torch.no_grad():
    x = noise.clone()
    both, mask = text(torch.cat([negative, prompt])), torch.tensor([[1.0, 0, 0], [1, 1, 1]])
    places = torch.stack([torch.zeros(S), torch.zeros(S), torch.arange(S).float()], 1)
    sigmas = [1 - i * (1 - 1 / steps) / (steps - 1) for i in range(steps)] + [0.0]
    for here, there in zip(sigmas, sigmas[1:]):
        v = transformer(x.repeat(2, 1, 1), places, both, mask, torch.full((2,), here))
        x = x + (there - here) * (v[:1] + guidance * (v[1:] - v[:1]))
    picture = decoder(x, torch.zeros(1), torch.zeros(1), torch.tensor([height]), torch.tensor([width]))
np.save(case / "init_latents.npy", noise.numpy())
np.save(case / "image.npy", (picture[0] / 2 + 0.5).clamp(0, 1).permute(1, 2, 0).numpy())
write("reference/red-circle/request.json", {"task": "image", "prompt": "a red circle", "width": width, "height": height,
                                             "steps": steps, "guidance": guidance})
