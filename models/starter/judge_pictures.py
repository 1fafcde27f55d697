"""The judge's rows for pictures that go in: references by role, palettes of photographs, edits, frames, foreign
pictures."""

import glob
import os

import numpy as np
from PIL import Image

import eyes as look
import layout as l
import prompts as p
import scenes
import vocabulary as v
from photographs import kept_apart

F = l.FIRST
KINDS = [k for k in v.KINDS if k in p.NOUNS]


class Pictures:
    """Rows as methods, like the rows for words. A reference is a render of this model whose scene travels with it, as
    in the product;
    the rows 'by eye' have only the picture, read by the encoder."""

    def __init__(self, engine, eyes, photographs=None):
        self.engine, self.eyes = engine, eyes
        files = _files(photographs)
        self.photographs, self.apart = _crops(files), _crops(kept_apart(files))

    def scene(self, classes):
        """The tokens a render of ours carries with it."""
        return l.to_latent(classes[None])

    def by_eye(self, classes):
        """A 640x360 drawing as a viewer would save it, read back by the encoder."""
        picture = self.engine.draw(l.to_latent(classes[None]), 640, 360)
        return self.engine.read(np.round(picture * 255) / 255)[0]

    def _scene(self, rng, **wish):
        groups = wish.pop("groups", None) or [{"count": 1, "kind": rng.choice(KINDS),
            "colour": rng.choice(v.COLOURS[1:]), "texture": rng.choice(v.TEXTURES)}]
        return scenes.canonical(scenes.fulfil(rng, scenes.Wish(groups=groups, **wish)))

    def subject(self, rng):
        """The subject of a picture appears in a new place."""
        return (yield from self._subject(rng, self.scene))

    def subject_by_eye(self, rng):
        """The same, from the picture alone."""
        return (yield from self._subject(rng, self.by_eye))

    def _subject(self, rng, given):
        """The subject of a picture appears in a new place: its kind, and its pixels within a mean Lab distance of 10
        of an exact copy."""
        source = self._scene(rng)
        latent = yield rng.choice(["on a beach", "at night in the city", "this in a meadow",
            "the subject of image 1 in a room", "it in the snow, wide shot"]), [("subject",
            given(source))], "", rng.randrange(1 << 30)
        classes, picture = l.to_classes(latent[0]), self.eyes.look(latent)
        seen = self.eyes.subjects(classes)
        if len(seen) != 1 or not self.eyes.chosen(picture, classes, seen[0], "kind", l.get(source, F, "kind"),
                range(1, len(v.KINDS))):
            return False
        exact = classes.copy()
        l.put(exact, seen[0], **{field: l.get(source, F, field) for field in ("colour", "shade", "texture")})
        mask = look.solid(self.eyes.mask(classes, seen[0]))
        return np.linalg.norm(look.lab(picture[mask]) - look.lab(self.eyes.draw(exact)[mask]), axis=1).mean() <= 10

    def reads_kind(self, rng):
        """The encoder alone: the kind of the one subject."""
        return self._reads(rng, F, "kind")

    def reads_colour(self, rng):
        """The encoder alone: the colour of the one subject."""
        return self._reads(rng, F, "colour")

    def reads_texture(self, rng):
        """The encoder alone: the texture of the one subject."""
        return self._reads(rng, F, "texture")

    def reads_style(self, rng):
        """The encoder alone: the style."""
        return self._reads(rng, l.LOOK, "style", style=rng.choice(v.STYLES))

    def _reads(self, rng, token, field, **wish):
        source = self._scene(rng, **wish)
        return l.get(l.to_classes(self.by_eye(source)[0]), token, field) == l.get(source, token, field)

    def palette(self, rng):
        """Colours of a photograph: mean Lab distance from the picture's pixels to the photograph's nearest main
        colour."""
        photograph = rng.choice(self.photographs)
        reference, _ = self.engine.read(photograph)
        latent = yield p.dress(rng, p.thing(rng, rng.choice(KINDS)),
            p.say(rng, p.PLACES, rng.choice(list(p.PLACES)))), [("palette", reference)], "", rng.randrange(1 << 30)
        pixels = look.lab(photograph[::max(1, photograph.shape[0] // 60),
            ::max(1, photograph.shape[1] // 60)].reshape(-1, 3))
        mains = _means(pixels, 6, rng)
        picture = look.lab(self.eyes.look(latent).reshape(-1, 3))
        return np.sqrt(((picture[:, None] - mains[None]) ** 2).sum(2)).min(1).mean() <= 12

    def style_and_texture(self, rng):
        """A style, or a texture, taken from a picture."""
        return (yield from self._style_and_texture(rng, self.scene))

    def style_and_texture_by_eye(self, rng):
        """The same, from the picture alone."""
        return (yield from self._style_and_texture(rng, self.by_eye))

    def _style_and_texture(self, rng, given):
        role = rng.choice(["style", "texture"])
        source = self._scene(rng, style=rng.choice(v.STYLES)) if role == "style" else self._scene(rng,
            groups=[{"count": 1, "kind": rng.choice(["circle", "square", "house", "car", "heart", "tree"]),
            "colour": rng.choice(v.COLOURS[1:]), "texture": rng.choice(v.TEXTURES), "size": "big"}])
        latent = yield p.dress(rng, p.thing(rng, rng.choice([k for k in KINDS
            if k not in ("lamp", "person", "moon", "flower", "mountain")]), rng.choice(v.COLOURS[1:]))), [(role,
            given(source))], "", rng.randrange(1 << 30)
        classes, picture = l.to_classes(latent[0]), self.eyes.look(latent)
        if role == "style":
            return self.eyes.chosen(picture, classes, l.LOOK, "style", l.get(source, l.LOOK, "style"),
                range(len(v.STYLES)))
        seen = self.eyes.subjects(classes)
        return len(seen) == 1 and self.eyes.chosen(picture, classes, seen[0], "texture", l.get(source, F, "texture"),
            range(len(v.TEXTURES)))

    def edit(self, rng):
        """The asked change is there, and everything not named is within 4/255 in the mean: the whole picture, and each
        subject by itself."""
        return (yield from self._edit(rng, self.scene))

    def edit_by_eye(self, rng):
        """The same, from the picture alone."""
        return (yield from self._edit(rng, self.by_eye))

    def _edit(self, rng, given):
        source = scenes.canonical(scenes.fulfil(rng, scenes.Wish(scenes.sample_wish(rng,
            groups=[scenes.sample_group(rng) for _ in range(rng.choice([1, 2]))]))))
        source[F:, l.SUBJECT_COLUMN["motion"]] = np.minimum(source[F:, l.SUBJECT_COLUMN["motion"]], 0)
        l.put(source, l.CAMERA, move=0)
        words, allowed = instruction(rng, source)
        latent = yield words, [("source", given(source))], "", rng.randrange(1 << 30)
        classes, picture = l.to_classes(latent[0]), self.eyes.look(latent)
        expected = source.copy()
        for token, field, values in allowed:
            column = slice(None) if field is None else l.COLUMN[token][field]
            got = classes[token, 0] if field is None else l.get(classes, token, field)
            if got not in values:
                return False
            expected[token, column] = classes[token, column]
        apart = np.abs(picture - self.eyes.draw(expected)).mean(2)
        parts = [self.eyes.mask(scene, t) for scene in (expected, classes) for t in range(F, l.TOKENS)
            if l.get(scene, t, "kind")]
        return apart.mean() <= 4 / 255 and all(apart[mask].mean() <= 4 / 255 for mask in parts if mask.any())

    def first_and_last(self, rng):
        """A clip between two given frames begins as the one and ends as the other (within 4/255 in the mean)."""
        first = self._scene(rng)
        last = first.copy()
        l.put(last, F, x=rng.randrange(2, 14), y=rng.randrange(3, 9), size=rng.randrange(3, 7))
        latent = yield "A clip", [("first_frame", l.to_latent(first[None])),
            ("last_frame", l.to_latent(last[None]))], "", rng.randrange(1 << 30)
        return all(np.abs(self.eyes.look(latent, seconds=s, duration=2.0) - self.eyes.draw(scene)).mean() <= 4 / 255
            for s, scene in ((0.0, first), (2.0, last)))

    def foreign(self, rng):
        """A photograph is told from a drawing of ours (the edit of a foreign picture is refused)."""
        if rng.random() < .5:
            return self.engine.read(rng.choice(self.apart))[1] < self.engine.known_threshold
        picture = self.engine.draw(l.to_latent(scenes.canonical(scenes.fulfil(rng, scenes.sample_wish(rng)))[None]),
            640, 360)
        return self.engine.read(picture)[1] >= self.engine.known_threshold


def instruction(rng, source):
    """An English instruction and what it allows to change: [(token, field or None for the whole subject, values)]."""
    filled = [t for t in range(F, l.TOKENS) if l.get(source, t, "kind")]
    token = rng.choice(filled)
    kind = l.get(source, token, "kind")
    same = [t for t in filled if l.get(source, t, "kind") == kind]
    noun = "the " + p.noun(rng, v.KINDS[kind])
    what = rng.choice(["colour", "colour", "move", "size", "time", "weather", "place", "style", "add", "remove",
        "texture", "replace"])
    if len(same) > 1 and what in ("move",):
        what = "time"
    if what == "colour":
        colour = rng.choice([c for c in range(1, 13) if c != l.get(source, token, "colour")])
        return rng.choice([f"make {noun} {v.COLOURS[colour]}", f"change {noun} to {v.COLOURS[colour]}",
            f"paint {noun} {v.COLOURS[colour]}"]), [(t, "colour", [colour]) for t in same] + [(t, "shade", [0])
            for t in same]
    if what == "move":
        where = rng.choice(["left", "right", "top", "bottom"])
        table = scenes.X_WORDS if where in ("left", "right") else scenes.Y_WORDS
        return f"move {noun} to the {where}", [(token, "x" if where in ("left", "right") else "y", table[where])]
    if what == "size":
        bigger = rng.random() < .5
        return f"make {noun} {'bigger' if bigger else 'smaller'}", [(t, "size",
            range(min(9, l.get(source, t, "size") + 1), 10) if bigger else range(0, max(1, l.get(source, t, "size"))))
            for t in same]
    if what in ("time", "weather", "place", "style"):
        token, words = (l.LOOK, v.STYLES) if what == "style" else (l.PLACE,
            {"time": v.TIMES, "weather": v.WEATHERS, "place": v.PLACES}[what])
        value = rng.choice([i for i in range(len(words)) if i != l.get(source, token, what)])
        say = {"time": p.TIMES, "place": p.PLACES, "style": p.STYLES}.get(what)
        said = {"rain": "raining", "snow": "snowing", "fog": "foggy",
            "clear": "clear weather"}[words[value]] if what == "weather" else p.say(rng, say, words[value])
        return rng.choice(["make it ", "", "now "][:2]) + said, [(token, what, [value])]
    if what == "add":
        new = rng.choice([k for k in KINDS if v.KINDS.index(k) not in {l.get(source, t, "kind") for t in filled}])
        free = next(t for t in range(F, l.TOKENS) if t not in filled)
        return f"add {p.thing(rng, new)}", [(free, None, [v.KINDS.index(new)])]
    if what == "remove":
        return f"remove {noun}", [(t, None, [0]) for t in same]
    if what == "texture":
        texture = rng.choice(["dotted", "striped", "checked"])
        return f"make {noun} {p.say(rng, p.TEXTURES, texture)}", [(t, "texture", [v.TEXTURES.index(texture)])
            for t in same]
    new = rng.choice([k for k in KINDS if v.KINDS.index(k) not in {l.get(source, t, "kind") for t in filled}])
    return f"replace {noun} with {p.thing(rng, new)}", [(t, "kind", [v.KINDS.index(new)])
        for t in same] + [(t, "pose", range(5)) for t in same]


def _means(pixels, number, rng):
    """Plain k-means in Lab, apart from the one inside the encoder."""
    centres = pixels[[rng.randrange(len(pixels)) for _ in range(number)]]
    for _ in range(15):
        mine = ((pixels[:, None] - centres[None]) ** 2).sum(2).argmin(1)
        centres = np.stack([pixels[mine == i].mean(0) if (mine == i).any() else centres[i] for i in range(number)])
    return centres


def _files(folder):
    """The photographs that photographs.py has fetched, if it has."""
    return sorted(glob.glob(os.path.join(folder or os.path.join(os.path.dirname(os.path.abspath(__file__)), "build",
        "photographs"), "*.png")))


def _crops(files):
    """Photographs as arrays, each whole and in three crops."""
    pictures = []
    for file in files:
        image = Image.open(file).convert("RGB")
        w, h = image.size
        for box in ((0, 0, w, h), (0, 0, w * 2 // 3, h * 2 // 3), (w // 3, h // 3, w, h), (w // 4, 0, w, h * 3 // 4)):
            pictures.append(np.asarray(image.crop(box).resize((320, 240)), np.float32) / 255)
    return pictures
