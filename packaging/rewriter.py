"""Qwen2.5-VL as three graphs: the part of DreamOmni2 that looks at the pictures and rewrites what was asked.

Inputs and outputs have the names that other exports of this model have. The decoder is given what it has read before as keys
and values, and says logits for the last number only."""

import json
import shutil

import torch
import transformers

BESIDE = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt")


def halves_swapped(x):
    first, second = x.chunk(2, -1)
    return torch.cat((-second, first), -1)


def attend(q, k, v, scale, hidden_from):
    """Whole attention written out; scaled before it is multiplied and weighed in fp32, so that half precision does not overflow."""
    scores = (q * scale) @ k.transpose(-1, -2)
    if hidden_from is not None:
        scores = scores.masked_fill(hidden_from, torch.finfo(scores.dtype).min)
    return torch.softmax(scores, -1, dtype=torch.float32).to(q.dtype) @ v


class Eye(torch.nn.Module):
    """One picture's pixel_values [patches, 1176] and image_grid_thw [1, 3] -> image_features [patches / 4, width].

    Patches come four by four, as the processor lays them. Most layers look only within windows; the windows at the edges are
    filled up with nothing, so that all are one batch."""

    def __init__(self, visual):
        super().__init__()
        self.visual = visual

    def forward(self, pixel_values, image_grid_thw):
        v = self.visual
        merge, side = v.spatial_merge_size, v.window_size // v.spatial_merge_size // v.patch_size
        unit = merge * merge
        rows, columns = image_grid_thw[0, 1] // merge, image_grid_thw[0, 2] // merge
        down, across = (rows + side - 1) // side, (columns + side - 1) // side
        patch = torch.arange(pixel_values.shape[0])
        square, corner = patch // unit, patch % unit
        row, column = square // columns, square % columns
        places = torch.stack((row * merge + corner // merge, column * merge + corner % merge), -1)
        slot = (((row // side) * across + column // side) * (side * side) + (row % side) * side + column % side) * unit + corner
        # For every slot of every window which patch is there, counted from 1.
        held = torch.zeros((down * across * (side * side * unit),), dtype=torch.int64).scatter(0, slot, patch + 1)
        empty = (held == 0).reshape(-1, 1, 1, side * side * unit)

        x = v.patch_embed(pixel_values)
        cos, sin = (t[:, None].float() for t in v.rotary_pos_emb(x, places))
        for layer, block in enumerate(v.blocks):
            attention = block.attn
            q, k, value = attention.qkv(block.norm1(x)).reshape(-1, 3, attention.num_heads, attention.head_dim).unbind(1)
            q, k = ((t.float() * cos + halves_swapped(t.float()) * sin).to(t.dtype) for t in (q, k))
            if layer in v.fullatt_block_indexes:
                q, k, value = (t.transpose(0, 1)[None] for t in (q, k, value))
                seen = attend(q, k, value, attention.scaling, None)[0].transpose(0, 1).reshape(-1, attention.dim)
            else:
                nothing = torch.zeros_like(q[:1])
                q, k, value = (torch.cat((nothing, t))[held].reshape(-1, side * side * unit, attention.num_heads, attention.head_dim).transpose(1, 2)
                               for t in (q, k, value))
                seen = attend(q, k, value, attention.scaling, empty).transpose(1, 2).reshape(-1, attention.dim)[slot]
            x = x + attention.proj(seen)
            x = x + block.mlp(block.norm2(x))
        return v.merger(x)


class Words(torch.nn.Module):
    """input_ids [1, n] -> inputs_embeds [1, n, width]."""

    def __init__(self, embedding):
        super().__init__()
        self.embedding = embedding

    def forward(self, input_ids):
        return self.embedding(input_ids)


class Decoder(torch.nn.Module):
    """inputs_embeds [1, n, width], position_ids [3, 1, n], keys and values of what was read before -> logits [1, 1, words], and both with the new."""

    def __init__(self, model):
        super().__init__()
        self.language, self.head = model.model.language_model, model.lm_head

    def forward(self, inputs_embeds, position_ids, *past):
        before, new = past[0].shape[2], inputs_embeds.shape[1]
        ahead = torch.arange(before + new)[None, :] > (before + torch.arange(new))[:, None]
        cos, sin = (t[:, None] for t in self.language.rotary_emb(inputs_embeds, position_ids))
        x, present = inputs_embeds, []
        for layer, block in enumerate(self.language.layers):
            attention, normed = block.self_attn, block.input_layernorm(x)
            heads, shared = attention.num_heads, attention.num_key_value_heads
            q = attention.q_proj(normed).reshape(1, -1, heads, attention.head_dim).transpose(1, 2)
            k, v = (make(normed).reshape(1, -1, shared, attention.head_dim).transpose(1, 2) for make in (attention.k_proj, attention.v_proj))
            q, k = (t * cos + halves_swapped(t) * sin for t in (q, k))
            k, v = torch.cat((past[2 * layer], k), 2), torch.cat((past[2 * layer + 1], v), 2)
            present += [k, v]
            # Several heads share their keys: they are a batch of their own, so that no key is copied.
            q = q.reshape(1, shared, heads // shared, -1, attention.head_dim)
            seen = attend(q, k[:, :, None], v[:, :, None], attention.scaling, ahead)
            x = x + attention.o_proj(seen.reshape(1, heads, -1, attention.head_dim).transpose(1, 2).reshape(1, -1, heads * attention.head_dim))
            x = x + block.mlp(block.post_attention_layernorm(x))
        return (self.head(self.language.norm(x[:, -1:])).float(), *present)


def graphs(model, out, write):
    """Writes the three graphs by `write(module, folder, inputs, names, outputs, free)`."""
    vision, text = model.config.vision_config, model.config.text_config
    patch = vision.in_channels * vision.temporal_patch_size * vision.patch_size**2
    kept = model.lm_head.weight
    eye = (torch.randn(48, patch, dtype=kept.dtype), torch.tensor([[1, 6, 8]]))
    write(Eye(model.model.visual), out / "vision_encoder", eye, ["pixel_values", "image_grid_thw"], ["image_features"],
          {"pixel_values": {0: "patches"}, "image_features": {0: "squares"}})
    write(Words(model.model.language_model.embed_tokens), out / "embed_tokens", (torch.ones(1, 5, dtype=torch.int64),), ["input_ids"], ["inputs_embeds"],
          {"input_ids": {1: "new"}, "inputs_embeds": {1: "new"}})
    head = text.hidden_size // text.num_attention_heads
    both = [f"{layer}.{what}" for layer in range(text.num_hidden_layers) for what in ("key", "value")]
    past = [torch.randn(1, text.num_key_value_heads, 4, head, dtype=kept.dtype) for _ in both]
    names = [f"past_key_values.{name}" for name in both]
    present = [f"present.{name}" for name in both]
    free = {"inputs_embeds": {1: "new"}, "position_ids": {2: "new"}} | {name: {2: "before"} for name in names} | {name: {2: "all"} for name in present}
    inputs = (torch.randn(1, 5, text.hidden_size, dtype=kept.dtype), torch.arange(4, 9).expand(3, 1, 5).contiguous(), *past)
    write(Decoder(model), out / "decoder", inputs, ["inputs_embeds", "position_ids", *names], ["logits", *present], free)


def export(source, out, dtype, write):
    """From a folder as transformers keeps it: the graphs, and the files beside them that say how to read and when to stop."""
    model = transformers.Qwen2_5_VLForConditionalGeneration.from_pretrained(source, dtype=dtype).eval().requires_grad_(False)
    graphs(model, out, write)
    del model
    for name in BESIDE:
        if (source / name).is_file():
            shutil.copy(source / name, out / name)
    # Newer versions keep what was a file of its own as a part of another.
    pictures = source / "preprocessor_config.json"
    config = json.loads(pictures.read_text()) if pictures.is_file() else json.loads((source / "processor_config.json").read_text())["image_processor"]
    (out / "preprocessor_config.json").write_text(json.dumps(config, indent=1) + "\n")
