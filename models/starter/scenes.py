"""Samples what is asked (a wish) and a scene that fulfils it: the data the starter learns from."""

import random

import numpy as np

import layout as l
import vocabulary as v

HORIZONS = [.44, .50, .56, .62, .68]
SCENIC = {"beach", "meadow", "snowfield", "desert", "city", "street", "room", "forest", "sea", "stage"}
SHOT_SCALE = {"medium": 1.0, "extreme wide": .45, "wide": .7, "close-up": 1.8, "over the shoulder": 1.0}
HELD_OUT = {(kind, v.COLOURS[1 + (7 * i + 3 * j) % 12]) for i, kind in enumerate(v.KINDS[1:]) for j in range(2)}
X_WORDS = {"left": [2, 3, 4], "right": [11, 12, 13], "centre": [7, 8]}
Y_WORDS = {"top": [2, 3], "bottom": [8, 9], "centre": [5, 6]}
SIZE_WORDS = {"small": [1, 2], "big": [7, 8], None: [4, 5, 6]}
PALE_KINDS = {"moon", "cloud", "rocket", "window", "house", "sun"}
CROWD_LIMIT = {1: 9, 2: 6, 3: 5, 4: 5}


class Wish(dict):
    """What the words ask: 'groups' (a list of dicts), 'relation', and the scene-wide words; a missing key is not
    asked."""


def pick(rng, items, weights=None):
    """One of the items."""
    return rng.choices(items, weights)[0] if weights else items[int(rng.random() * len(items))]


def sample_group(rng, kinds=None, held_out=True, rich=1.0):
    """One kind of subject with the words that describe it."""
    group = {"count": 1, "kind": pick(rng, kinds or v.KINDS[1:])}
    if rng.random() < .62 * rich:
        group["colour"] = pick(rng, v.COLOURS[1:])
        if held_out and (group["kind"], group["colour"]) in HELD_OUT:
            del group["colour"]
        elif rng.random() < .2:
            group["shade"] = pick(rng, v.SHADES[1:])
    if rng.random() < .22 * rich:
        group["texture"] = pick(rng, v.TEXTURES, [1, 4, 4, 4])
    if rng.random() < .3 * rich:
        group["size"] = pick(rng, v.SIZES)
    if rng.random() < .38 * rich:
        way = rng.random()
        if way < .42:
            group["across"] = pick(rng, ["left", "right"])
        elif way < .66:
            group["along"] = pick(rng, ["top", "bottom"])
        elif way < .82:
            group["across"] = group["along"] = "centre"
        else:
            group["across"], group["along"] = pick(rng, ["left", "right"]), pick(rng, ["top", "bottom"])
    if group["kind"] in ("person", "dog", "cat") and rng.random() < .45:
        group["pose"] = pick(rng, v.POSES if group["kind"] == "person" else ["stand", "walk", "sit"])
    if group["kind"] in v.LIVING_KINDS | {"car", "boat", "rocket"} and rng.random() < .12:
        group["facing"] = pick(rng, v.FACINGS)
    if rng.random() < .22:
        group["motion"] = pick(rng, v.MOTIONS, [1] + [4] * 4 + [4 if group["kind"] in v.LIVING_KINDS else .3] + [4] * 5)
    return group


def sample_wish(rng, held_out=True, groups=None):
    """A whole wish."""
    wish = Wish()
    if groups is None:
        number = pick(rng, [0, 1, 2, 3], [.05, .55, .32, .08])
        groups = [sample_group(rng, held_out=held_out, rich=(1, 1, .9, .6)[number]) for _ in range(number)]
        if number == 1 and rng.random() < .36 or number == 2 and rng.random() < .08:
            group = groups[0]
            group["count"] = pick(rng, [2, 3, 4])
            for key in ("across", "along"):
                group.pop(key, None) if rng.random() < .8 else None
        if number == 3 and rng.random() < .4:
            pick(rng, groups)["count"] = 2
        if number == 2 and len({g["kind"] for g in groups}) == 1 and "colour" not in groups[0]:
            groups[0]["colour"] = pick(rng, [c for c in v.COLOURS[1:] if (groups[0]["kind"], c) not in HELD_OUT])
        if number == 2 and rng.random() < .6 and groups[0]["count"] == groups[1]["count"] == 1:
            wish["relation"] = pick(rng, ["left of", "right of", "above", "below", "in front of", "behind", "beside"],
                [5, 5, 4, 4, 3, 3, 2])
            for group in groups:
                for key in ("across", "along"):
                    group.pop(key, None)
    wish["groups"] = groups
    chances = {"place": .5, "time": .34, "weather": .2, "shot": .25, "style": .28, "move": .2}
    lists = {"place": v.PLACES, "time": v.TIMES, "weather": v.WEATHERS, "shot": v.SHOTS, "style": v.STYLES,
        "move": v.MOVES}
    for key, chance in chances.items():
        if rng.random() < chance:
            wish[key] = pick(rng, lists[key])
    if wish.get("place", "plain") in ("plain", "gradient") and rng.random() < .2:
        wish["place"] = wish.get("place", "plain")
        wish["ground"] = pick(rng, v.COLOURS[1:])
        if rng.random() < .2:
            wish["ground_shade"] = pick(rng, v.SHADES[1:])
    return wish


def fulfil(rng, wish):
    """A scene (classes) that has all that is wished; what is open is sampled to compose well."""
    classes = l.empty_classes()
    groups = wish["groups"]
    kinds = {group["kind"] for group in groups}
    place = wish.get("place")
    if place is None:
        earthly = kinds & v.GROUND_KINDS
        if not groups:
            place = pick(rng, sorted(SCENIC) + ["gradient", "night sky"])
        elif wish.get("time", "day") != "day" or wish.get("weather", "clear") != "clear":
            place = pick(rng, ["gradient", "gradient", "meadow", "street"] if not any("along" in g for g in groups)
                else ["gradient"])
        elif earthly and not any("along" in g for g in groups) and rng.random() < .22:
            place = pick(rng, ["meadow", "street", "beach",
                "room" if kinds & {"table", "lamp", "window", "door"} else "meadow"])
        else:
            place = pick(rng, ["plain", "gradient"])
    time = wish.get("time") or ("night" if place == "night sky" else pick(rng, v.TIMES, [.82, .06, .08, .04]))
    weather = wish.get("weather") or pick(rng, v.WEATHERS, [.95, .015, .015, .02])
    shot = wish.get("shot", "medium")
    ground_shade = wish.get("ground_shade", "mid")
    l.put(classes, l.CAMERA, shot=v.SHOTS.index(shot), move=v.MOVES.index(wish.get("move", "static")),
          horizon=rng.randrange(5), variant=_variant(rng, groups, wish), anchor=0)
    l.put(classes, l.PLACE, place=v.PLACES.index(place), time=v.TIMES.index(time), weather=v.WEATHERS.index(weather),
          ground=v.COLOURS.index(wish.get("ground", "natural")), ground_shade=v.SHADES.index(ground_shade), time2=0)
    l.put(classes, l.LOOK, style=v.STYLES.index(wish.get("style", "flat")), palette=0)
    _place_subjects(rng, classes, wish, place, shot)
    return classes


def _variant(rng, groups, wish):
    """The look of an unnamed background: 0-3 light, 4-5 middle, 6-7 dark, chosen so that the subject stands out."""
    group = groups[0] if groups else {}
    pale = group.get("colour") in ("white",
        "yellow") or group.get("shade") == "light" or "colour" not in group and group.get("kind") in PALE_KINDS
    deep = group.get("colour") in ("black", "purple", "brown", "blue") or group.get("shade") == "dark"
    return pick(rng, [4, 5, 6, 7] if pale else [0, 1, 2, 3] if deep else [0, 1, 2, 3, 4, 5])


def _place_subjects(rng, classes, wish, place, shot):
    """Put every group's members down, trying until nothing asked is broken and little overlaps."""
    members = [(g, group) for g, group in enumerate(wish["groups"]) for _ in range(group["count"])][:l.SLOTS]
    if not members:
        return
    best, best_cost = None, 1e9
    for attempt in range(14):
        spots = _try_spots(rng, classes, members, wish, place, shot)
        cost = _overlap(spots, wish.get("relation"))
        if cost < best_cost:
            best, best_cost = spots, cost
        if cost < .02:
            break
    looks = [_looks(rng, group) for group in wish["groups"]]
    for slot, ((g, group), spot) in enumerate(zip(members, best)):
        look = dict(looks[g])
        if group["count"] > 1 and "facing" not in group and "motion" not in group:
            look["flip"] = rng.randrange(2)
        l.put(classes, l.FIRST + slot, **look, x=spot["x"], y=spot["y"], size=spot["size"], depth=spot["depth"], x2=0,
            y2=0, size2=0)


def _looks(rng, group):
    """Kind, colours, texture, pose, motion of a group."""
    motion = group.get("motion", "still")
    facing = group.get("facing")
    flip = v.FACINGS.index(facing) if facing else 1 if motion == "left" else 0 if motion == "right" else rng.randrange(
        2)
    pose = group.get("pose") or ("walk" if motion in ("walks", "left", "right")
        and group["kind"] in ("person", "dog", "cat") else "stand")
    return {"kind": v.KINDS.index(group["kind"]), "colour": v.COLOURS.index(group.get("colour", "natural")),
            "shade": v.SHADES.index(group.get("shade", "mid")),
            "texture": v.TEXTURES.index(group.get("texture", "plain")),
            "pose": v.POSES.index(pose), "motion": v.MOTIONS.index(motion), "flip": flip}


def _try_spots(rng, classes, members, wish, place, shot):
    """One proposal: bins of x, y and size for every member."""
    horizon, scale = HORIZONS[l.get(classes, l.CAMERA, "horizon")], SHOT_SCALE[shot]
    total = len(members)
    relation = wish.get("relation")
    sizes = {}
    for g, group in enumerate(wish["groups"]):
        bins = [b for b in SIZE_WORDS[group.get("size")]
            if b <= CROWD_LIMIT[min(total, 4)]] or [CROWD_LIMIT[min(total, 4)]]
        if relation in ("above", "below") and not group.get("size"):
            bins = [4, 5]
        sizes[g] = pick(rng, bins)
    row = _row(rng, total)
    spots = []
    for i, (g, group) in enumerate(members):
        size = sizes[g]
        x = pick(rng, X_WORDS[group["across"]]) if "across" in group else row[i] if total > 1 else rng.randrange(3, 13)
        if group["count"] > 1 and "across" in group:
            x = max(1, min(14, X_WORDS[group["across"]][1] + (i % group["count"]) * 2 - group["count"] + 1))
        if "across" not in group and group.get("motion") == "right":
            x = pick(rng, [2, 3, 4, 5, 6]) if total == 1 else x
        if "across" not in group and group.get("motion") == "left":
            x = pick(rng, [9, 10, 11, 12, 13]) if total == 1 else x
        y = pick(rng, Y_WORDS[group["along"]]) if "along" in group else _height(rng, group, place, horizon,
            l.SIZE_HEIGHTS[size] * scale)
        spots.append({"x": x, "y": y, "size": size, "depth": 1, "aspect": ASPECT.get(group["kind"], 1.0),
            "scale": scale})
    if relation:
        _relate(rng, spots, relation)
    return spots


ASPECT = {"person": .5, "tree": .8, "lamp": .45, "door": .55, "car": 2.0, "dog": 1.25, "boat": 1.2, "mountain": 1.7,
    "cloud": 1.7,
          "bird": 1.3, "table": 1.5, "cat": 1.1, "fish": 1.6, "flower": .6, "rocket": .5, "house": 1.1}


def _row(rng, total):
    """Bins of x spread over the frame in reading order: what is named first stands left (so that each slot knows its
    place)."""
    if total < 2:
        return []
    left, right = {2: (3, 12), 3: (2, 13), 4: (1, 14)}.get(total, (1, 14))
    step = (right - left) / (total - 1) if total > 2 else rng.choice([6, 7, 8, 9])
    start = left if total > 2 else rng.randint(left, right - step)
    return [max(1, min(14, round(start + i * step + (rng.random() - .5)))) for i in range(total)]


def _height(rng, group, place, horizon, tall):
    """A bin of y for a subject nobody placed: on the ground, in the sky, or near the middle."""
    kind, motion = group["kind"], group.get("motion")
    if motion in ("falls", "down"):
        y = rng.uniform(.2, .38)
    elif motion == "up":
        y = rng.uniform(.62, .75)
    elif kind in v.SKY_KINDS and place in SCENIC:
        y = rng.uniform(.16, .34)
    elif place in SCENIC and kind != "rocket":
        y = rng.uniform(max(horizon + .08, .62), .9) - tall / 2
    else:
        y = rng.uniform(.36, .64)
    return max(1, min(10, int(y * l.Y_BINS)))


def _relate(rng, spots, relation):
    """Move the first two spots so that the relation holds clearly."""
    a, b = spots[0], spots[1]
    if relation in ("left of", "right of", "beside"):
        low, gap = rng.randint(2, 5), rng.randint(6, 8)
        first_left = relation == "left of" or relation == "beside" and rng.random() < .5
        a["x"], b["x"] = (low, low + gap) if first_left else (low + gap, low)
        a["y"] = b["y"] = max(4, min(8, b["y"])) if rng.random() < .7 else b["y"]
        a["y"] = max(b["y"] - 1, min(b["y"] + 1, a["y"]))
    elif relation in ("above", "below"):
        top, bottom = (a, b) if relation == "above" else (b, a)
        top["y"], bottom["y"] = pick(rng, [2, 3]), pick(rng, [8, 9])
        bottom["x"] = max(2, min(13, top["x"] + rng.randint(-1, 1)))
    else:
        front, back = (a, b) if relation == "in front of" else (b, a)
        front["depth"], back["depth"] = 2, 0
        front["size"], back["size"] = min(front["size"], 5), max(back["size"], 6)
        back["x"] = max(3, min(12, front["x"] + pick(rng, [-2, 2])))
        front["y"], back["y"] = max(6, min(9, front["y"] + 2)), max(4, min(6, back["y"]))


def _overlap(spots, relation):
    """How much the subjects cover each other (in front of / behind may)."""
    if relation in ("in front of", "behind"):
        return 0
    cost = 0
    for i, a in enumerate(spots):
        for b in spots[:i]:
            ha, hb = (l.SIZE_HEIGHTS[s["size"]] * s["scale"] for s in (a, b))
            reach_x = (ha * a["aspect"] + hb * b["aspect"]) / 2 * .62
            gap_x = reach_x - abs(a["x"] - b["x"]) / l.X_BINS
            gap_y = (ha + hb) / 2 - abs(a["y"] - b["y"]) / l.Y_BINS
            if gap_x > 0 and gap_y > 0:
                cost += gap_x * gap_y
    return cost


def canonical(classes):
    """Subjects from the largest to the smallest, equals from left to right."""
    subjects = [row for row in classes[l.FIRST:] if row[0] > 0]
    column = l.SUBJECT_COLUMN
    subjects.sort(key=lambda row: (-row[column["size"]], row[column["x"]]))
    ordered = l.empty_classes()
    ordered[:l.FIRST] = classes[:l.FIRST]
    for i, row in enumerate(subjects):
        ordered[l.FIRST + i] = row
    return ordered


def new_rng(seed):
    """A generator for one worker."""
    return random.Random(seed)


def random_palette(rng):
    """Five colours and their shares as the palette token holds them (from -1 to 1)."""
    base = np.array([rng.random() for _ in range(3)])
    colours = np.clip(base + np.array([[rng.gauss(0, .28) for _ in range(3)] for _ in range(5)]), 0, 1)
    shares = np.array([rng.random() ** 2 + .05 for _ in range(5)])
    return np.concatenate([colours.ravel() * 2 - 1, shares / shares.sum() * 2 - 1]).astype(np.float32)
