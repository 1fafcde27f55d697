"""Writes tests/data/rewriter and the rewriter of tests/data/packages/dreamomni2 (run flux.py first): a tiny Qwen2.5-VL that was
taught a few answers, exported by packaging/rewriter.py, and what transformers makes of its pictures, messages and answers."""
import json, pathlib, shutil, sys
import blake3, numpy as np, torch
from PIL import Image
from transformers import GenerationConfig, Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration, Qwen2Tokenizer
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
import files, subwords

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here.parent.parent / "packaging"))
import rewriter  # noqa: E402

# A build of torch for CUDA without CUDA falls over when it is asked.
torch.cuda.is_current_stream_capturing = lambda: False
data = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data")
package, out = data / "packages" / "dreamomni2" / "rewriter", data / "rewriter"
BUCKETS = [(64, 48), (48, 64), (64, 64), (80, 48)]
SIZES = [(61, 47), (47, 90), (120, 66), (33, 33), (200, 81)]
EYE = {"min_pixels": 12544, "max_pixels": 1003520}
# What it is taught: task, instruction, how many pictures, and the answer, once without tags.
LESSONS = [
    ("edit", "make it night", 1, "<edit>The same street at night, its lamps are lit; nothing else changes.</edit>"),
    ("picture", "both of them in one boat", 2, "<gen>The woman of the first picture and the dog of the second sit in one boat, seen from the side.</gen>"),
    ("edit", "Mach alles größer", 5, "<edit>Das Haus aus Bild 1 wächst über die Bäume; Bilder 2 bis 5 geben die Farben.</edit>"),
    ("edit", "leave it", 1, "Nothing is to be changed in this picture."),
    ("picture", "ein Fuchs", 0, "<gen>Ein roter Fuchs im Schnee, früh am Morgen.</gen>"),
]


def picture(width, height, seed):
    rng = np.random.default_rng(seed)
    return Image.fromarray(rng.integers(0, 255, (4, 5, 3), dtype=np.uint8)).resize((width, height), Image.BICUBIC)


def told(task, instruction, grids):
    """As Qwen2.5-VL's chat template and processor write it."""
    pictures = "".join("<|vision_start|>" + "<|image_pad|>" * (int(grid.prod()) // 4) + "<|vision_end|>" for grid in grids)
    said = instruction + {"edit": " It is editing task.", "picture": " It is generation task."}[task]
    return f"<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n{pictures}{said}<|im_end|>\n<|im_start|>assistant\n"


def asked(tokenizer, processor, lesson, pictures):
    task, instruction, _, _ = lesson
    seen = {}
    if pictures:
        stretched = [p.resize(min(BUCKETS, key=lambda b: abs(p.width / p.height - b[0] / b[1])), Image.LANCZOS) for p in pictures]
        seen = dict(processor(images=stretched, return_tensors="pt"))
    ids = tokenizer(told(task, instruction, seen.get("image_grid_thw", [])), return_tensors="pt").input_ids
    return ids, seen


def forward(model, ids, seen):
    kinds = (ids == model.config.image_token_id).int()
    return dict(input_ids=ids, attention_mask=torch.ones_like(ids), mm_token_type_ids=kinds, **seen)


def tiny(tokenizer):
    sign = tokenizer.convert_tokens_to_ids
    config = Qwen2_5_VLConfig(
        text_config={"vocab_size": len(tokenizer), "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
                     "num_key_value_heads": 2, "max_position_embeddings": 8192, "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [1, 1, 2]},
                     "bos_token_id": sign("<|endoftext|>"), "eos_token_id": sign("<|im_end|>"), "tie_word_embeddings": False},
        vision_config={"depth": 3, "hidden_size": 16, "intermediate_size": 32, "num_heads": 2, "out_hidden_size": 32, "window_size": 56, "fullatt_block_indexes": [1]},
        image_token_id=sign("<|image_pad|>"), video_token_id=sign("<|video_pad|>"), vision_start_token_id=sign("<|vision_start|>"),
        vision_end_token_id=sign("<|vision_end|>"), tie_word_embeddings=False)
    return Qwen2_5_VLForConditionalGeneration(config)


def teach(model, tokenizer, processor):
    """Until it says every answer by heart, whatever the pictures are."""
    end = torch.tensor([[tokenizer.convert_tokens_to_ids("<|im_end|>")]])
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.01)
    rng = np.random.default_rng(7)
    for step in range(1200):
        for group in optimizer.param_groups:
            group["lr"] = 4e-3 * min(1, step / 50) * (0.05 + 0.95 * (1 - step / 1200))
        losses = []
        for lesson in LESSONS:
            pictures = [picture(*BUCKETS[rng.integers(4)], int(rng.integers(1 << 30))) for _ in range(lesson[2])]
            ids, seen = asked(tokenizer, processor, lesson, pictures)
            answer = torch.cat((tokenizer(lesson[3], return_tensors="pt").input_ids, end), 1)
            logits = model(**forward(model, torch.cat((ids, answer), 1), seen)).logits[0, ids.shape[1] - 1:-1]
            losses.append(torch.nn.functional.cross_entropy(logits, answer[0]))
        loss = torch.stack(losses).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 100 == 0 or loss < 4e-3:
            print(step, loss.item(), flush=True)
        if loss < 4e-3:
            return


@torch.no_grad()
def eye_is_exact(model):
    """The graph's way of looking through windows against the original's, also with the window of the real model."""
    for window in (56, 112):
        visual = model.model.visual
        kept, visual.window_size, visual.config.window_size = visual.window_size, window, window
        for grid in ([1, 4, 4], [1, 2, 22], [1, 10, 6], [1, 16, 18], [1, 18, 34]):
            patches = torch.randn(grid[1] * grid[2], 1176)
            wanted = visual(patches, grid_thw=torch.tensor([grid])).pooler_output
            off = (rewriter.Eye(visual)(patches, torch.tensor([grid])) - wanted).abs().max().item()
            assert off < 1e-5, (window, grid, off)
        visual.window_size = visual.config.window_size = kept


@torch.no_grad()
def case(model, tokenizer, processor, lesson, first):
    task, instruction, count, taught = lesson
    names = [f"{place}.png" for place in range(first, first + count)]
    pictures = [Image.open(out / name).convert("RGB") for name in names]
    ids, seen = asked(tokenizer, processor, lesson, pictures)
    inputs = forward(model, ids, seen)
    logits = model(**inputs).logits[0, -1]
    if count:
        other = dict(inputs, pixel_values=-inputs["pixel_values"])
        moved = (model(**other).logits[0, -1] - logits).abs().max().item()
        assert moved > 1e-2, f"the pictures do not matter ({moved})"
    places, _ = model.model.get_rope_index(ids, inputs["mm_token_type_ids"], image_grid_thw=seen.get("image_grid_thw"))
    model.model.rope_deltas = None
    answer = model.generate(**inputs, do_sample=False, max_new_tokens=4096)[0, ids.shape[1]:]
    assert answer[-1] == tokenizer.convert_tokens_to_ids("<|im_end|>")
    text = tokenizer.batch_decode([answer], skip_special_tokens=True, clean_up_tokenization_spaces=False)[0]
    assert text == taught, (text, taught)
    inside = text.split(">", 1)[1].rsplit("<", 1)[0] if text.startswith("<") else None
    return {"task": task, "prompt": instruction, "pictures": names, "ids": ids[0].tolist(), "places": places[:, 0].tolist(),
            "logits": [float(f"{x:.7g}") for x in logits.tolist()], "answer": answer[:-1].tolist(), "text": text, "rewritten": inside}


def looked_at():
    """Pictures as the processor cuts them, under several bounds."""
    found = []
    bounds = [(0, {}), (1, {"min_pixels": 12544, "max_pixels": 1003520}), (2, {"max_pixels": 6000}), (4, {"size": {"shortest_edge": 20000, "longest_edge": 40000}}),
              (3, {}), (5, {}), (6, {"min_pixels": 784}), (4, {"size": {"shortest_edge": 3136, "longest_edge": 12845056}})]
    for place, config in bounds:
        values = Qwen2VLImageProcessorPil(**config)(images=[Image.open(out / f"{place}.png").convert("RGB")], return_tensors="np")
        numbers = values["pixel_values"].astype("<f4")
        _, rows, columns = values["image_grid_thw"][0].tolist()
        found.append({"file": f"{place}.png", "config": config, "grid": [rows, columns], "hash": blake3.blake3(numbers.tobytes()).hexdigest(),
                      "first": numbers.ravel()[:4].tolist()})
    return found


def main():
    torch.manual_seed(3)
    for folder in (package, out):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    for place, size in enumerate(SIZES + [(56, 28), (280, 7)]):
        picture(*size, 40 + place).save(out / f"{place}.png", optimize=True)
    # Tags and answers are the corpus: they become few, long pieces.
    subwords.qwen2(package, [told(task, said, []) + answer for task, said, _, answer in LESSONS], 420)
    tokenizer = Qwen2Tokenizer.from_pretrained(str(package))
    processor = Qwen2VLImageProcessorPil(**EYE)
    files.write(package / "preprocessor_config.json", {"image_processor_type": "Qwen2VLImageProcessor", "patch_size": 14, "temporal_patch_size": 2, "merge_size": 2, **EYE,
                                                       "image_mean": list(processor.image_mean), "image_std": list(processor.image_std)})
    model = tiny(tokenizer)
    teach(model, tokenizer, processor)
    model.eval().requires_grad_(False)
    sign = tokenizer.convert_tokens_to_ids
    model.generation_config = GenerationConfig(eos_token_id=[sign("<|im_end|>"), sign("<|endoftext|>")], pad_token_id=sign("<|endoftext|>"), repetition_penalty=1.05)
    eye_is_exact(model)
    rewriter.graphs(model, package, files.export)
    files.write(package / "config.json", {"architectures": ["Qwen2_5_VLForConditionalGeneration"], "model_type": "qwen2_5_vl", "vocab_size": len(tokenizer)})
    files.write(package / "generation_config.json", {"eos_token_id": [sign("<|im_end|>"), sign("<|endoftext|>")], "repetition_penalty": 1.05})
    cases = [case(model, tokenizer, processor, lesson, first) for lesson, first in zip(LESSONS, (0, 1, 0, 4, 0))]
    (out / "cases.json").write_text("[\n" + ",\n".join(json.dumps(c, ensure_ascii=False) for c in cases) + "\n]\n")
    (out / "pictures.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in looked_at()) + "\n]\n")


if __name__ == "__main__":
    main()
