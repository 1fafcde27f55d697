"""The graphs of a package, exported with the names that diffusers and optimum use."""
import torch
from torch import nn
from transformers import CLIPTextModelWithProjection
from files import config, export


class ClipText(nn.Module):
    def __init__(self, model, xl, pooled):
        super().__init__()
        self.model, self.xl, self.pooled = model, xl, pooled

    def forward(self, input_ids):
        out = self.model(input_ids, output_hidden_states=True)
        first = out.text_embeds if hasattr(out, "text_embeds") else out.pooler_output
        if self.xl:
            return (first, out.last_hidden_state, *out.hidden_states)
        return (out.last_hidden_state, first)


def export_clip(model, folder, xl=False):
    config(folder, model)
    names = ["last_hidden_state", "pooler_output"]
    if xl:
        first = "text_embeds" if isinstance(model, CLIPTextModelWithProjection) else "pooler_output"
        names = [first, "last_hidden_state"] + [f"hidden_states.{i}" for i in range(model.config.num_hidden_layers + 1)]
    export(ClipText(model, xl, True), folder, (torch.ones(1, 77, dtype=torch.int64),), ["input_ids"], names,
           {"input_ids": {0: "b"}, **{n: {0: "b"} for n in names}})


class T5(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        return self.model(input_ids)[0]


class Encode(nn.Module):
    def __init__(self, vae, moments):
        super().__init__()
        self.vae, self.moments = vae, moments

    def forward(self, sample):
        latents = self.vae.encode(sample).latent_dist
        return latents.parameters if self.moments else latents.mode()


class Decode(nn.Module):
    def __init__(self, vae):
        super().__init__()
        self.vae = vae

    def forward(self, latent_sample):
        return self.vae.decode(latent_sample, return_dict=False)[0]


def export_vae(vae, out, moments):
    for half in ("vae_encoder", "vae_decoder"):
        config(out / half, vae)
    c, f = vae.config.latent_channels, 2 ** (len(vae.config.block_out_channels) - 1)
    size = {2: "h", 3: "w"}
    export(Encode(vae, moments), out / "vae_encoder", (torch.randn(1, 3, 8 * f, 6 * f),), ["sample"],
           ["latent_parameters" if moments else "latent_sample"],
           {"sample": size, ("latent_parameters" if moments else "latent_sample"): {2: "p", 3: "q"}})
    export(Decode(vae), out / "vae_decoder", (torch.randn(1, c, 8, 6),), ["latent_sample"], ["sample"],
           {"latent_sample": size, "sample": {2: "p", 3: "q"}})


class Unet(nn.Module):
    def __init__(self, unet, xl):
        super().__init__()
        self.unet, self.xl = unet, xl

    def forward(self, sample, timestep, encoder_hidden_states, *added):
        cond = {"text_embeds": added[0], "time_ids": added[1]} if self.xl else None
        return self.unet(sample, timestep, encoder_hidden_states, added_cond_kwargs=cond, return_dict=False)[0]
