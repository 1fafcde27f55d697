"""A small engine for the package: words and references in, pictures out, exactly as the contract says; needs only
numpy and onnxruntime."""

import json
import os
import re
import tomllib
import unicodedata

import numpy as np
import onnxruntime

from typos import one_off

ROLES = {"source": 1, "subject": 2, "style": 3, "pose": 4, "palette": 5, "texture": 6, "first_frame": 7,
    "last_frame": 8}


class Tokenizer:
    """Words to concept ids: phrase, word, ignored, one letter off, or unknown."""

    def __init__(self, path):
        with open(path) as file:
            self.lexicon = json.load(file)
        self.words, self.phrases, self.ignored = self.lexicon["words"], self.lexicon["phrases"], set(
            self.lexicon["ignore"])

    def __call__(self, text):
        """Ids (beginning with the start token) and the unknown words."""
        text = unicodedata.normalize("NFKC", text).lower()
        text = re.sub(r"['’]s\b", "", text)
        text = re.sub(r"[,;.]", " , ", text)
        parts = re.findall(r"[^\W_]+|,", text)
        ids, unknown, at = [self.lexicon["start"]], [], 0
        while at < len(parts):
            for length in range(min(5, len(parts) - at), 1, -1):
                phrase = " ".join(parts[at:at + length])
                if phrase in self.phrases:
                    ids.append(self.phrases[phrase])
                    at += length
                    break
            else:
                number = self.word(parts[at])
                if number is None:
                    unknown.append(parts[at])
                elif number >= 0:
                    ids.append(number)
                at += 1
        return ids[:self.lexicon["max_tokens"]], unknown

    def word(self, word):
        """An id, -1 for ignored, None for unknown."""
        if word in self.words:
            return self.words[word]
        if word in self.ignored:
            return -1
        if len(word) < self.lexicon["fuzzy_min_length"]:
            return None
        near = sorted(w for w in self.words if abs(len(w) - len(word)) < 2 and one_off(w, word))
        return self.words[near[0]] if near else None


class Engine:
    """The package, opened."""

    def __init__(self, folder, threads=2):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.parts = {part: onnxruntime.InferenceSession(os.path.join(folder, part, "model.onnx"), options)
            for part in ("text_encoder", "transformer", "vae_encoder", "vae_decoder")}
        with open(os.path.join(folder, "transformer", "config.json")) as file:
            config = json.load(file)
        with open(os.path.join(folder, "vae_encoder", "config.json")) as file:
            self.sample_size = json.load(file)["sample_size"]
        with open(os.path.join(folder, "studio-model.toml"), "rb") as file:
            self.known_threshold = tomllib.load(file)["known_threshold"]
        self.tokens, self.channels = config["scene_tokens"], config["channels"]
        self.tokenizer = Tokenizer(os.path.join(folder, "tokenizer", "lexicon.json"))

    def sample(self, prompt, references=(), seed=0, negative="", steps=16, guidance=2.0):
        """Scene tokens [1, S, D] for words and references [(role, latent)]."""
        return self.sample_many([(prompt, references, negative, seed)], steps, guidance)[0]

    def sample_many(self, requests, steps=16, guidance=2.0):
        """Scene tokens for many requests (prompt, references, negative, seed); those with the same roles go through
        together."""
        results = [None] * len(requests)
        groups = {}
        for i, (_, references, _, _) in enumerate(requests):
            groups.setdefault(tuple(role for role, _ in references), []).append(i)
        for roles, members in groups.items():
            for i, latent in zip(members, self._together([requests[i] for i in members], roles, steps, guidance)):
                results[i] = latent[None]
        return results

    def _together(self, requests, roles, steps, guidance):
        guided = guidance > 1
        texts = [self.tokenizer(prompt)[0] for prompt, _, _, _ in requests] + [self.tokenizer(negative)[0] for _, _,
            negative, _ in requests] * guided
        length = max(map(len, texts))
        ids = np.array([t + [0] * (length - len(t)) for t in texts], np.int64)
        words = self.parts["text_encoder"].run(None, {"input_ids": ids})[0]
        places = [(0, 0, k) for k in range(self.tokens)]
        places += [(i, ROLES[role], k + self.tokens * i) for i, role in enumerate(roles, 1) for k in range(self.tokens)]
        given = [np.concatenate([np.asarray(references[k][1], np.float32) for _, references, _, _ in requests])
            for k in range(len(roles))]
        x = np.concatenate([np.random.default_rng(seed).standard_normal((1, self.tokens,
            self.channels)).astype(np.float32) for _, _, _, seed in requests])
        sigmas = np.append(np.linspace(1, 1 / steps, steps), 0).astype(np.float32)
        for now, after in zip(sigmas, sigmas[1:]):
            hidden = np.concatenate([x] + given, 1)
            feed = {"hidden_states": np.concatenate([hidden] * (1 + guided)), "img_ids": np.array(places, np.float32),
                "encoder_hidden_states": words, "encoder_attention_mask": (ids != 0).astype(np.float32),
                "timestep": np.full(len(texts), now, np.float32)}
            velocity = self.parts["transformer"].run(None, feed)[0][:, :self.tokens]
            wanted, other = velocity[:len(requests)], velocity[-len(requests):]
            x = x + (after - now) * (other + guidance * (wanted - other) if guided else wanted)
        return x

    def draw(self, latent, width=640, height=360, seconds=0.0, duration=0.0):
        """A picture [H, W, 3] from 0 to 1."""
        feed = {"latent_sample": np.asarray(latent, np.float32), "seconds": np.array([seconds], np.float32),
            "duration": np.array([duration], np.float32), "height": np.array([height], np.int64),
            "width": np.array([width], np.int64)}
        return (self.parts["vae_decoder"].run(None, feed)[0][0].transpose(1, 2, 0) + 1) / 2

    def read(self, picture):
        """Scene tokens of a picture [H, W, 3] and how surely this model drew it."""
        from PIL import Image
        high, wide = self.sample_size
        small = Image.fromarray((np.clip(picture, 0, 1) * 255).round().astype(np.uint8)).resize((wide, high),
            Image.BILINEAR)
        sample = (np.asarray(small, np.float32) / 127.5 - 1).transpose(2, 0, 1)[None]
        latent, known = self.parts["vae_encoder"].run(None, {"sample": sample})
        return latent, float(known[0])
