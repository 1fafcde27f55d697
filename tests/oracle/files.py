"""Writing packages: configurations, graphs, tokenizers and reference cases."""
import json
import numpy as np, onnx, torch
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer, PreTrainedTokenizerFast


def write(file, value):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value, indent=1) + "\n")


def forget(file):
    """Drops what the exporter notes of its own source lines and of shapes: paths of one machine, and half of the file."""
    model = onnx.load(file)
    del model.metadata_props[:], model.graph.metadata_props[:], model.graph.value_info[:]
    for node in [*model.graph.node, *(node for function in model.functions for node in function.node)]:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in [*model.graph.input, *model.graph.output, *model.graph.initializer]:
        del value.metadata_props[:]
    onnx.save(model, file)


def export(module, folder, inputs, names, outputs, dynamic, dynamo=False):
    folder.mkdir(parents=True, exist_ok=True)
    module.eval()
    if dynamo:
        torch.onnx.export(module, inputs, folder / "model.onnx", input_names=names, output_names=outputs,
                          dynamic_shapes=dynamic, opset_version=20, dynamo=True, external_data=False)
        forget(folder / "model.onnx")
    else:
        torch.onnx.export(module, inputs, folder / "model.onnx", input_names=names, output_names=outputs,
                          dynamic_axes=dynamic, opset_version=17, dynamo=False)


def config(folder, model):
    write(folder / "config.json", {k: v for k, v in dict(model.config if isinstance(model.config, dict) else model.config.to_dict()).items()
                                   if isinstance(v, (int, float, str, bool, list, type(None), tuple))})


def clip_vocab():
    """Every byte of CLIP's alphabet, alone and at the end of a word, and a few merges."""
    plain = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    letters = [chr(b) for b in plain] + [chr(256 + n) for n in range(256 - len(plain))]
    merges = ["r e", "re d</w>", "c a", "ca t</w>", "t h", "th e</w>", "b l", "bl u", "blu e</w>", "s e", "se a</w>", "i n", "in g</w>"]
    words = letters + [l + "</w>" for l in letters] + [m.replace(" ", "") for m in merges]
    vocab = {w: i for i, w in enumerate(dict.fromkeys(words + ["<|startoftext|>", "<|endoftext|>"]))}
    return vocab, merges


def clip_tokenizer(folder, pad="<|endoftext|>", parts=True):
    vocab, merges = clip_vocab()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    write(folder / "tokenizer_config.json", {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>",
                                             "pad_token": pad, "model_max_length": 77, "tokenizer_class": "CLIPTokenizer"})
    tokenizer = CLIPTokenizer(vocab=vocab, merges=[tuple(m.split()) for m in merges], pad_token=pad, model_max_length=77) \
        if not parts else CLIPTokenizer.from_pretrained(str(folder))
    return tokenizer, len(vocab), vocab["<|endoftext|>"], vocab["<|startoftext|>"]


def t5_tokenizer(folder):
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -20.0), ("\u2581", -3.0)]
    pieces += [(w, -5.0) for w in ["\u2581red", "\u2581cat", "\u2581the", "\u2581blue", "\u2581sea", "ing", "\u2581a"]]
    pieces += [(c, -8.0) for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?'-"]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=2))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=512)
    folder.mkdir(parents=True, exist_ok=True)
    fast.save_pretrained(str(folder))
    return fast, len(pieces)


def case(out, name, request, latents, image, pictures=()):
    folder = out / "reference" / name
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "init_latents.npy", latents.numpy())
    np.save(folder / "image.npy", np.asarray(image, dtype=np.float32))
    for file, picture in pictures:
        picture.save(folder / file)
    write(folder / "request.json", request)


def clip_model(vocab, eos, bos, hidden, projection=None, layers=2, act="quick_gelu"):
    c = CLIPTextConfig(vocab_size=vocab, hidden_size=hidden, intermediate_size=hidden * 2, num_hidden_layers=layers,
                       num_attention_heads=2, max_position_embeddings=77, eos_token_id=eos, bos_token_id=bos,
                       projection_dim=projection or hidden, hidden_act=act)
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(c).eval()


def outside(file):
    """Moves the weights into a file beside the graph, as exporters do with large ones."""
    model = onnx.load(file)
    onnx.save_model(model, file, save_as_external_data=True, location="model.onnx.data", size_threshold=256)
