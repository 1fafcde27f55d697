"""Training examples: words, references by role, edits and clips, each as (caption, references, target scene)."""

import numpy as np

import captions
import edits
import layout as l
import scenes
import vocabulary as v
from scenes import pick

ROLE = {name: number for number, name in enumerate(v.ROLES)}
F = l.FIRST


class Example:
    """One training pair: concepts, references [(role, classes, palette)], target classes and palette numbers."""

    def __init__(self, concepts, references, target, palette=None):
        self.concepts, self.references, self.target = concepts, references, target
        self.palette = palette


def sample(rng, references):
    """An example with exactly so many references."""
    if references == 0:
        return words_only(rng)
    if references == 1:
        return pick(rng, [edit, with_references, first_or_last], [7, 2, 1])(rng, 1)
    return first_and_last(rng, 2) if references == 2 and rng.random() < .45 else with_references(rng, references)


def words_only(rng):
    """Words to a scene."""
    wish = scenes.sample_wish(rng)
    if "weather" not in wish and "place" not in wish and rng.random() < .05:
        wish["place"], wish["weather"] = "snowfield", "snow"
        concepts = captions.say_wish(rng, scenes.Wish({k: x for k, x in wish.items() if k not in ("place", "weather")}),
            [["snow"]])
    else:
        concepts = captions.say_wish(rng, wish)
    return Example(concepts, [], scenes.fulfil(rng, wish))


def with_references(rng, number):
    """Words and pictures that lend a subject, a style, a palette, a texture or a pose."""
    roles = [pick(rng, ["subject", "subject", "subject", "style", "palette", "texture", "pose"]) for _ in range(number)]
    for once in ("style", "palette", "texture", "pose"):
        while roles.count(once) > 1:
            roles[roles.index(once)] = "subject"
    roles.sort(key=lambda role: rng.random())
    wish = scenes.sample_wish(rng, groups=[])
    fixed, groups, pictures, lent = [], [], [], {}
    for index, role in enumerate(roles, 1):
        if role == "palette":
            lent["palette"] = scenes.random_palette(rng)
            picture = scenes.fulfil(rng, scenes.sample_wish(rng)) if rng.random() < .5 else _any_scene(rng)
            pictures.append((ROLE[role], picture, lent["palette"]))
        elif role == "subject":
            group, picture = _lender(rng)
            groups.append((group, rng.random() < .5))
            pictures.append((ROLE[role], picture, scenes.random_palette(rng)))
        else:
            picture = _any_scene(rng, kinds=["person"] if role == "pose" else None)
            lent[role] = picture
            pictures.append((ROLE[role], picture, scenes.random_palette(rng)))
        if rng.random() < .25:
            what = {"subject": ["it"], "style": ["style word"], "palette": ["palette word"],
                "texture": ["texture word"], "pose": ["pose word"]}[role]
            fixed.append(what + ["image", f"count:{index}"] if rng.random() < .8 else what)
    return _settle(rng, wish, fixed, groups, pictures, lent)


def _settle(rng, wish, fixed, groups, pictures, lent):
    """The wish completed by what the pictures lend, said, and fulfilled."""
    asked, named = [], []
    for group, is_named in groups:
        full = dict(group)
        if rng.random() < .15:
            full["size"] = group["size"] = pick(rng, v.SIZES)
        if rng.random() < .3:
            full["across"] = group["across"] = pick(rng, ["left", "right"])
        asked.append(full)
        said = {k: x for k, x in full.items() if k in ("count", "kind", "size", "across")}
        if is_named and rng.random() < .25 and "colour" in full:
            said["colour"] = full["colour"]
        named.append((said, is_named))
    extra = 0 if len(asked) > 2 else pick(rng, [0, 1, 2], [.6, .3, .1]) if asked else pick(rng, [1, 2], [.75, .25])
    used = {g["kind"] for g in asked}
    free = [k for k in v.KINDS[1:] if k not in used]
    if "pose" in lent and "person" not in used:
        extra, free = max(1, extra), free
    others = [scenes.sample_group(rng, kinds=["person"] if "pose" in lent and i == 0 and "person" not in used else free,
        rich=.6) for i in range(extra)]
    for group in asked + others:
        if "texture" in lent and "texture" not in group or "texture" in lent and group in asked:
            group["texture"] = v.TEXTURES[l.get(lent["texture"], main_subject(lent["texture"]), "texture")]
            group["lent_texture"] = True
        if "pose" in lent and group["kind"] == "person":
            group["pose"] = v.POSES[l.get(lent["pose"], main_subject(lent["pose"]), "pose")]
            group["lent_pose"] = True
            group.pop("motion", None)
    if len(asked) == 2 and not others and rng.random() < .3 and not any("across" in g for g in asked):
        wish["relation"] = pick(rng, ["left of", "right of", "above", "below", "in front of", "behind"])
    for role, key, words in (("style", "style", v.STYLES),):
        if role in lent:
            wish.pop(key, None)
    said = [captions.say_group(rng, g) if n else _unnamed(rng, g) for g, n in named]
    if wish.get("relation"):
        body = (said[0] or ["it"]) + [f"rel:{wish['relation']}"] + (said[1] or ["it"])
        clauses = [body]
    else:
        clauses = [c for c in said if c]
        for g in others:
            spoken = {k: x for k, x in g.items() if not (k == "texture" and g.get("lent_texture") or k == "pose"
                and g.get("lent_pose"))}
            clauses.append(captions.say_group(rng, spoken))
    wish["groups"] = []
    concepts = captions.say_wish(rng, wish, fixed + ([[w for i,
        c in enumerate(clauses) for w in (["and"] if i and rng.random() < .6 else []) + c]] if clauses else []))
    wish["groups"] = asked + others
    if "style" in lent:
        wish["style"] = v.STYLES[l.get(lent["style"], l.LOOK, "style")]
    target = scenes.fulfil(rng, wish)
    if "palette" in lent:
        l.put(target, l.LOOK, palette=1)
    return Example(concepts, pictures, target, lent.get("palette"))


def _unnamed(rng, group):
    where = [f"size:{group['size']}"] if "size" in group else []
    where += [f"at:{group['across']}"] if "across" in group else []
    return (["it"] if rng.random() < .4 or where else []) + where


def _any_scene(rng, kinds=None):
    """A scene with at least one subject, the largest first."""
    wish = scenes.sample_wish(rng, held_out=True, groups=[scenes.sample_group(rng, kinds=kinds)])
    if rng.random() < .3:
        wish["groups"].append(scenes.sample_group(rng, rich=.6))
        wish["groups"][0]["size"], wish["groups"][1]["size"] = "big", "small"
    if rng.random() < .7:
        wish["style"] = pick(rng, v.STYLES)
    if rng.random() < .5:
        wish["groups"][0]["texture"] = pick(rng, v.TEXTURES)
    return scenes.fulfil(rng, wish)


def _lender(rng):
    """A picture that lends its main subject, and that subject as a group of the wish."""
    picture = _any_scene(rng)
    token = main_subject(picture)
    group = {"count": 1, "kind": v.KINDS[l.get(picture, token, "kind")]}
    for key, words, default in (("colour", v.COLOURS, "natural"), ("shade", v.SHADES, "mid"),
            ("texture", v.TEXTURES, "plain")):
        word = words[l.get(picture, token, key)]
        if word != default:
            group[key] = word
    return group, picture


def main_subject(classes):
    """The token of the largest subject (the first of equals)."""
    filled = [t for t in range(F, l.TOKENS) if l.get(classes, t, "kind")]
    return max(filled, key=lambda t: (l.get(classes, t, "size"), -t))


def first_or_last(rng, number):
    """A clip from one given frame: everything stays, the words add the motion."""
    scene = scenes.fulfil(rng, scenes.sample_wish(rng))
    role = pick(rng, ["first_frame", "last_frame"])
    target = scene.copy()
    concepts = _say_motion(rng, target)
    l.put(target, l.CAMERA, anchor=int(role == "last_frame"))
    return Example(concepts, [(ROLE[role], scene, scenes.random_palette(rng))], target)


def _say_motion(rng, target):
    """Give the scene a motion and a camera move, and the words for it."""
    parts = []
    filled = [t for t in range(F, l.TOKENS) if l.get(target, t, "kind")]
    for t in range(F, l.TOKENS):
        if t in filled and l.get(target, t, "motion"):
            l.put(target, t, motion=0)
    l.put(target, l.CAMERA, move=0)
    if filled and rng.random() < .75:
        token = pick(rng, filled)
        kind = l.get(target, token, "kind")
        motion = pick(rng, v.MOTIONS[1:])
        same = [t for t in filled if l.get(target, t, "kind") == kind]
        for t in same:
            l.put(target, t, motion=v.MOTIONS.index(motion))
            if motion in ("left", "right"):
                l.put(target, t, flip=int(motion == "left"))
            if motion in ("left", "right", "walks") and v.KINDS[kind] in ("person", "dog", "cat"):
                l.put(target, t, pose=v.POSES.index("walk"))
        noun = f"kind:{v.KINDS[kind]}" if len({l.get(target, t, 'kind')
            for t in filled}) > 1 or rng.random() < .6 else "it"
        parts.append([noun, f"motion:{motion}"])
    if rng.random() < .6:
        move = pick(rng, v.MOVES)
        l.put(target, l.CAMERA, move=v.MOVES.index(move))
        parts.append([f"move:{move}"])
    rng.shuffle(parts)
    return captions.join(rng, parts)


def first_and_last(rng, number):
    """A clip between two given frames: each subject travels to where the last frame has it."""
    first = scenes.fulfil(rng, scenes.sample_wish(rng))
    last = first.copy()
    target = first.copy()
    target[F:, l.SUBJECT_COLUMN["motion"]] = np.minimum(target[F:, l.SUBJECT_COLUMN["motion"]], 0)
    concepts = []
    if rng.random() < .4:
        move = pick(rng, v.MOVES)
        concepts = [f"move:{move}"]
        l.put(target, l.CAMERA, move=v.MOVES.index(move))
    else:
        l.put(target, l.CAMERA, move=0)
    for t in range(F, l.TOKENS):
        if not l.get(first, t, "kind"):
            continue
        if rng.random() < .8:
            l.put(last, t, x=rng.randrange(1, 15), y=rng.randrange(2, 10),
                size=max(1, min(8, l.get(first, t, "size") + rng.randint(-2, 2))))
        l.put(target, t, x2=l.get(last, t, "x") + 1, y2=l.get(last, t, "y") + 1, size2=l.get(last, t, "size") + 1)
    if rng.random() < .4:
        l.put(last, l.PLACE, time=rng.randrange(4))
    l.put(target, l.PLACE, time2=l.get(last, l.PLACE, "time") + 1)
    pictures = [(ROLE["first_frame"], first, scenes.random_palette(rng)),
        (ROLE["last_frame"], last, scenes.random_palette(rng))]
    return Example(concepts, pictures, target)


def edit(rng, number):
    """A source scene, an instruction, and the scene with only that changed."""
    wish = scenes.sample_wish(rng)
    while rng.random() < .7 and len(wish["groups"]) < 2:
        wish = scenes.sample_wish(rng)
    source = scenes.fulfil(rng, wish)
    concepts, target = edits.change(rng, source)
    return Example(concepts, [(ROLE["source"], source, scenes.random_palette(rng))], target)
