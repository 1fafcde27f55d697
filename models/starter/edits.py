"""Instructions that change one thing of a scene, said in words and carried out on its tokens."""

import captions
import layout as l
import scenes
import vocabulary as v
from scenes import pick

F = l.FIRST


def change(rng, source):
    """Concepts of an instruction and the changed scene (one change, now and then two)."""
    target, said = source.copy(), []
    for _ in range(1 if rng.random() < .85 else 2):
        for _ in range(20):
            before = target.copy()
            words = pick(rng, OPERATIONS)(rng, target)
            if words and not said or words and words[0] != said[0][0]:
                said.append(words)
                break
            target = before
    return captions.join(rng, said), target


def _filled(scene):
    return [t for t in range(F, l.TOKENS) if l.get(scene, t, "kind")]


def _choose(rng, scene):
    """A subject (all its equals too) and the words that single it out; None if there is none."""
    filled = _filled(scene)
    if not filled:
        return None, None
    token = pick(rng, filled)
    kind, colour = l.get(scene, token, "kind"), l.get(scene, token, "colour")
    same = [t for t in filled if l.get(scene, t, "kind") == kind]
    noun = [f"kind:{v.KINDS[kind]}"]
    if len({l.get(scene, t, "colour") for t in same}) > 1:
        if not colour:
            return None, None
        same = [t for t in same if l.get(scene, t, "colour") == colour]
        return same, [f"colour:{v.COLOURS[colour]}"] + noun
    if len(same) == len(filled) and rng.random() < .25:
        return same, ["it"]
    if colour and rng.random() < .35:
        return same, [f"colour:{v.COLOURS[colour]}"] + noun
    return same, noun


def _recolour(rng, scene):
    tokens, noun = _choose(rng, scene)
    if not tokens:
        return None
    kind = v.KINDS[l.get(scene, tokens[0], "kind")]
    colour = pick(rng, [c for c in v.COLOURS[1:] if (kind, c) not in scenes.HELD_OUT
        and v.COLOURS.index(c) != l.get(scene, tokens[0], "colour")])
    shade = pick(rng, v.SHADES, [.8, .1, .1])
    for t in tokens:
        l.put(scene, t, colour=v.COLOURS.index(colour), shade=v.SHADES.index(shade))
    new = ([f"shade:{shade}"] if shade != "mid" else []) + [f"colour:{colour}"]
    return _said_change(rng, noun, new)


def _said_change(rng, noun, new):
    return pick(rng, [["make"] + noun + new, ["change"] + noun + ["into"] + new, ["make"] + noun + ["into"] + new,
        noun + ["into"] + new])


def _retexture(rng, scene):
    tokens, noun = _choose(rng, scene)
    if not tokens:
        return None
    texture = pick(rng, v.TEXTURES)
    for t in tokens:
        l.put(scene, t, texture=v.TEXTURES.index(texture))
    return _said_change(rng, noun, [f"texture:{texture}"])


def _move(rng, scene):
    tokens, noun = _choose(rng, scene)
    if not tokens or len(tokens) > 1:
        return None
    where, axis = pick(rng, ["left", "right", "top", "bottom", "centre"]), {}
    if where in ("left", "right", "centre"):
        axis["x"] = pick(rng, scenes.X_WORDS[where])
    if where in ("top", "bottom", "centre"):
        axis["y"] = pick(rng, scenes.Y_WORDS[where])
    l.put(scene, tokens[0], **axis)
    return pick(rng, [["move"], ["move"], ["make"]]) + noun + (["into"] if rng.random() < .3 else []) + [f"at:{where}"]


def _resize(rng, scene):
    tokens, noun = _choose(rng, scene)
    if not tokens:
        return None
    word = pick(rng, ["bigger", "smaller", "size:big", "size:small"])
    for t in tokens:
        size = l.get(scene, t, "size")
        new = {"bigger": min(9, size + 2), "smaller": max(0, size - 2), "size:big": 7, "size:small": 2}[word]
        l.put(scene, t, size=new)
    return _said_change(rng, noun, [word])


def _replace(rng, scene):
    tokens, noun = _choose(rng, scene)
    if not tokens:
        return None
    present = {l.get(scene, t, "kind") for t in _filled(scene)}
    kind = pick(rng, [k for k in range(1, len(v.KINDS)) if k not in present])
    new = [f"kind:{v.KINDS[kind]}"]
    colour = pick(rng, [c for c in v.COLOURS[1:] if (v.KINDS[kind],
        c) not in scenes.HELD_OUT]) if rng.random() < .4 else None
    for t in tokens:
        l.put(scene, t, kind=kind, pose=0)
        if colour:
            l.put(scene, t, colour=v.COLOURS.index(colour), shade=0)
    return pick(rng, [["change"], ["change"], ["make"]]) + noun + ["into" if rng.random() < .6
        else "and"] + ([f"colour:{colour}"] if colour else []) + new


def _add(rng, scene):
    filled = _filled(scene)
    free = [t for t in range(F, l.TOKENS) if t not in filled]
    if not free or len(filled) > 4:
        return None
    present = {l.get(scene, t, "kind") for t in filled}
    group = scenes.sample_group(rng, kinds=[k for k in v.KINDS[1:] if v.KINDS.index(k) not in present], rich=.6)
    group.pop("motion", None)
    wish = scenes.Wish(groups=[group], place=v.PLACES[l.get(scene, l.PLACE, "place")])
    best, best_cost = None, 9e9
    for _ in range(8):
        extra = scenes.fulfil(rng, wish)
        cost = sum(max(0, 5 - abs(l.get(extra, F, "x") - l.get(scene, t, "x"))) * max(0,
            5 - abs(l.get(extra, F, "y") - l.get(scene, t, "y"))) for t in filled)
        if cost < best_cost:
            best, best_cost = extra, cost
    scene[free[0]] = best[F]
    return ["add"] + captions.say_group(rng, group)


def _remove(rng, scene):
    tokens, noun = _choose(rng, scene)
    if not tokens:
        return None
    for t in tokens:
        scene[t] = -1
        scene[t, 0] = 0
    return [pick(rng, ["remove", "remove", "no"])] + noun


def _scene_word(token, field, words):
    """An operation that sets one scene-wide word."""
    def operation(rng, scene):
        old = words[l.get(scene, token, field)]
        value = pick(rng, [w for w in words if w != old])
        l.put(scene, token, **{field: words.index(value)})
        if field in ("time", "weather", "place") and rng.random() < .2:
            return ["change", f"{field}:{old}", "into", f"{field}:{value}"]
        return pick(rng, [["make"], ["make", "it"], ["change", "into"], [], ["into"]]) + [f"{field}:{value}"]
    return operation


def _background(rng, scene):
    if v.PLACES[l.get(scene, l.PLACE, "place")] not in ("plain", "gradient"):
        return None
    colour = pick(rng, v.COLOURS[1:])
    l.put(scene, l.PLACE, ground=v.COLOURS.index(colour), ground_shade=0)
    return _said_change(rng, ["place:plain"], [f"colour:{colour}"])


def _pose(rng, scene):
    people = [t for t in _filled(scene) if v.KINDS[l.get(scene, t, "kind")] == "person"]
    if not people:
        return None
    pose = pick(rng, v.POSES)
    for t in people:
        l.put(scene, t, pose=v.POSES.index(pose))
    return pick(rng, [["make"], []]) + ["kind:person"] + [f"pose:{pose}"]


OPERATIONS = [_recolour, _recolour, _recolour, _recolour, _retexture, _retexture, _move, _move, _move, _resize, _resize,
    _resize, _replace, _replace, _add, _add, _remove, _remove, _background, _pose,
              _scene_word(l.PLACE, "place", v.PLACES), _scene_word(l.PLACE, "time", v.TIMES),
              _scene_word(l.PLACE, "time", v.TIMES),
              _scene_word(l.PLACE, "weather", v.WEATHERS), _scene_word(l.LOOK, "style", v.STYLES),
              _scene_word(l.CAMERA, "shot", v.SHOTS)]
