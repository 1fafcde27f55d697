"""Every colour the drawings use: named colours, natural subjects, skies by time, grounds by place, and what each style
does to them."""

import numpy as np

import vocabulary as v
from drawing.strokes import ROLES

NAMED = {"red": (.84, .17, .16), "orange": (.95, .50, .11), "yellow": (.98, .82, .18), "green": (.22, .60, .28),
    "cyan": (.20, .77, .81), "blue": (.16, .36, .80),
         "purple": (.49, .24, .68), "pink": (.96, .54, .71), "brown": (.47, .29, .16), "white": (.97, .96, .94),
         "grey": (.55, .56, .58), "black": (.10, .10, .12)}

# natural look of a kind: main, accent, accent dark (the rest follows)
_NATURAL = {"circle": ("#e2574c",), "square": ("#3f7fbf",), "triangle": ("#e9a23b",), "star": ("#f4c542",),
    "ring": ("#d9a441",), "heart": ("#d9435f",), "diamond": ("#5bb8c9",), "cross": ("#c8513f",),
            "moon": ("#efd684",), "sun": ("#f9b934",), "cloud": ("#f7f8fa",), "tree": ("#4f8f4a",),
            "house": ("#f0e2c8", "#b5503c", "#8a3a2e"), "car": ("#cf4037", "#ffe9a8", "#e0653f"),
            "boat": ("#2f5d8c", "#f2ead8", "#d0463c"), "mountain": ("#7d8ba1",),
            "person": ("#d9853b", "#3f5273", "#33425e"), "dog": ("#b98352", "#c9453c", "#8a3a2e"),
            "bird": ("#5a86b8", "#f0a431", "#d98324"),
            "table": ("#a9713f",), "lamp": ("#f2b84b",), "door": ("#8c5a35", "#e6c04f", "#6d6a66"),
            "window": ("#f1ede4",
            ), "cat": ("#8e8f98",), "fish": ("#ef8a3c",), "flower": ("#e0567a", "#f6c544", "#4c8a46"),
            "rocket": ("#eceff3", "#ffd55e", "#f08a32")}
_COMMON = {"skin": "#f1c49f", "hair": "#4a3428", "white": "#fbf8f1", "glass": "#a9d3e6", "wood": "#7d5636",
    "black": "#2a2a31", "shadow": "#1d2233"}
_RED_PARTS = {"rocket": "#d94a3f"}

SKIES = {"day": ("#6fb3e0", "#dcedf3"), "dawn": ("#7c8fc4", "#f7cdb6"), "sunset": ("#4b4a86", "#f79a5c"),
    "night": ("#0d1430", "#2b3a66")}
TINTS = {"day": (1, 1, 1), "dawn": (.96, .88, .92), "sunset": (.94, .76, .68), "night": (.36, .44, .66)}
SUBJECT_TINTS = {"day": (1, 1, 1), "dawn": (1, .97, .98), "sunset": (1, .95, .91), "night": (.82, .85, .95)}
STUDIO = ["#f4ecdd", "#dfeaec", "#f3dfd6", "#e4ead6", "#a9bccb", "#c9b59b", "#3e4a63", "#2f3b3d"]

# far and near ground, then the twelve colours its strokes use
PLACES = {
    "plain": ("#f4ecdd", "#f4ecdd", []), "gradient": ("#f4ecdd", "#f4ecdd", []),
    "beach": ("#f3deb0", "#e4c083", ["#2f8fb5", "#55b5c9", "#bfe6e4", "#fffdf2", "#d9b475", "#7b5a3a", "#4c9a55",
    "#d9534a", "#f7ecd2", "#c99f63", "#3b7a48", "#246f96"]),
    "meadow": ("#a9cf76", "#5f9f45", ["#7fb37a", "#94c56c", "#72ad4f", "#5c9842", "#f6f1dd", "#f2c84b", "#e1708a",
    "#4f7f45", "#7a5a3c", "#8fbf60", "#b9d98a", "#3f7038"]),
    "snowfield": ("#eef4fb", "#d6e3f1", ["#c3d5e8", "#d9e6f2", "#f8fbff", "#b3c7dd", "#4f6f74", "#3f5b63", "#ffffff",
    "#6d5a4d", "#a5bad2", "#e6eef7", "#5d7f83", "#ccd9e8"]),
    "desert": ("#f0cd8c", "#dfa75e", ["#e6b873", "#d99f58", "#f3d597", "#c98a4a", "#5f8a52", "#4b7344", "#b8763f",
    "#e9c27f", "#d2965a", "#a5673a", "#f7e2b0", "#8d5633"]),
    "city": ("#8d939c", "#6d727c", ["#8fa3b8", "#7389a3", "#5f738d", "#4d6079", "#ffe3a0", "#3f5068", "#a8b6c6",
    "#d9c7a8", "#9c8576", "#c0826b", "#2f3d52", "#6b7a86"]),
    "street": ("#8a8d94", "#5a5d66", ["#d8a58a", "#c7b299", "#9fb0b8", "#b8736a", "#fff1c4", "#6b4b45", "#f2efe6",
    "#b9b6b0", "#44474f", "#e6c65c", "#5f7f5a", "#7d6a5d"]),
    "room": ("#c99e6e", "#a97b4c", ["#f0e3cf", "#fffaf0", "#a9d3e6", "#b5503c", "#7d5636", "#e8d3b4", "#8fae8b",
    "#d9b25f", "#5f7f73", "#c9694f", "#f5eddc", "#94683f"]),
    "forest": ("#7d9a5a", "#4c6b3c", ["#9dbb93", "#7fa678", "#5f8a5b", "#44704a", "#2f5538", "#6d5440", "#54402f",
    "#8fb36a", "#c6d8a8", "#3c6341", "#7a9b58", "#29472f"]),
    "sea": ("#2f86b0", "#13507c", ["#5fb0cf", "#3f97bd", "#2a7aa5", "#1f6792", "#e9f6f7", "#a9d9e3", "#4a6b7d",
    "#6d8b99", "#17527c", "#8fcbdc", "#0f446b", "#ffffff"]),
    "night sky": ("#0b1030", "#2a2a5c", ["#fffbe8", "#cfd8ff", "#ffe3c2", "#5a4a9c", "#34508f", "#7a4f94", "#fffbe8",
    "#fffbe8", "#fffbe8", "#fffbe8", "#fffbe8", "#fffbe8"]),
    "stage": ("#8a5a3a", "#5f3b28", ["#8f1f2c", "#741722", "#b02f38", "#fff2cf", "#3a1216", "#e0b45a", "#4a2f22",
    "#2a1416", "#c23f45", "#6d4630", "#1d0e12", "#a1763f"]),
}
OUTDOORS = {"beach", "meadow", "snowfield", "desert", "city", "street", "forest", "sea"}


def rgb(text):
    """'#rrggbb' to floats."""
    return tuple(int(text[i:i + 2], 16) / 255 for i in (1, 3, 5))


def named_table():
    """[colours, shades, 3]; 'natural' (row 0) is unused."""
    table = np.zeros((len(v.COLOURS), len(v.SHADES), 3), np.float32)
    for i, name in enumerate(v.COLOURS[1:], 1):
        c = np.array(NAMED[name])
        table[i] = [c, c + (1 - c) * .45 if name != "black" else c + .22, c * .58 if name != "white" else c * .78]
    return table


def natural_table():
    """[kinds, roles, 3]: what each role is coloured when nobody named a colour."""
    table = np.zeros((len(v.KINDS), len(ROLES), 3), np.float32)
    for k, kind in enumerate(v.KINDS[1:], 1):
        main, *others = [np.array(rgb(c)) for c in _NATURAL[kind]]
        accent = others[0] if others else main * .8
        accent_dark = others[1] if len(others) > 1 else accent * .75
        table[k] = _roles(main, accent, accent_dark)
        if kind == "rocket":
            table[k, ROLES.index("dark")] = rgb(_RED_PARTS["rocket"])
    return table


def _roles(main, accent, accent_dark):
    common = {name: np.array(rgb(c)) for name, c in _COMMON.items()}
    values = {"main": main, "dark": main * np.array([.72, .72, .78]), "light": main + (1 - main) * .42,
        "accent": accent, "accent dark": accent_dark, **common}
    return np.stack([values[role] for role in ROLES])


def accents_follow():
    """[kinds]: 1 where a named colour also recolours the accent parts (a red house has a dark red roof)."""
    return np.array([kind in ("house", "person", "boat") for kind in v.KINDS], np.float32)


def place_tables():
    """Ground far and near [places, 2, 3] and stroke colours [places, 12, 3]."""
    grounds, strokes = np.zeros((len(v.PLACES), 2, 3), np.float32), np.zeros((len(v.PLACES), 12, 3), np.float32)
    for i, place in enumerate(v.PLACES):
        far, near, colours = PLACES[place]
        grounds[i] = rgb(far), rgb(near)
        if colours:
            strokes[i] = [rgb(c) for c in colours]
    return grounds, strokes


def time_tables():
    """Skies [times, 2, 3], tints of the scenery and of the subjects [times, 3]."""
    skies = np.array([[rgb(c) for c in SKIES[t]] for t in v.TIMES], np.float32)
    return skies, np.array([TINTS[t] for t in v.TIMES], np.float32), np.array([SUBJECT_TINTS[t] for t in v.TIMES],
        np.float32)


def studio_table():
    """Backgrounds of the plain and gradient places, by variant [8, 3]."""
    return np.array([rgb(c) for c in STUDIO], np.float32)
