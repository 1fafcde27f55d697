"""The scene-token layout: which channels of which token hold which class, and how classes become vectors and back."""

import numpy as np

import vocabulary as v

SLOTS = 8
CAMERA, PLACE, LOOK, FIRST = 0, 1, 2, 3
TOKENS = FIRST + SLOTS
AMPLITUDE = 3.0
X_BINS, Y_BINS, SIZE_BINS = 16, 12, 10
SIZE_HEIGHTS = np.array([.10, .13, .165, .21, .26, .32, .40, .50, .62, .78])
PALETTE_NUMBERS = 20

CAMERA_FIELDS = {"shot": len(v.SHOTS), "move": len(v.MOVES), "horizon": 5, "variant": 8, "anchor": 2}
PLACE_FIELDS = {"place": len(v.PLACES), "time": len(v.TIMES), "weather": len(v.WEATHERS), "ground": len(v.COLOURS),
                "ground_shade": len(v.SHADES), "time2": len(v.TIMES) + 1}
LOOK_FIELDS = {"style": len(v.STYLES), "palette": 2}
SUBJECT_FIELDS = {"kind": len(v.KINDS), "colour": len(v.COLOURS), "shade": len(v.SHADES), "texture": len(v.TEXTURES),
                  "x": X_BINS, "y": Y_BINS, "size": SIZE_BINS, "pose": len(v.POSES), "motion": len(v.MOTIONS),
                  "flip": 2, "depth": len(v.DEPTHS), "x2": X_BINS + 1, "y2": Y_BINS + 1, "size2": SIZE_BINS + 1}
FIELDS = [CAMERA_FIELDS, PLACE_FIELDS, LOOK_FIELDS] + [SUBJECT_FIELDS] * SLOTS
CHANNELS = sum(SUBJECT_FIELDS.values())
WIDTH = max(len(fields) for fields in FIELDS)
PALETTE_AT = sum(LOOK_FIELDS.values())


def spans(fields):
    """Field name -> (first channel, one past the last channel)."""
    at, table = 0, {}
    for name, size in fields.items():
        table[name] = (at, at + size)
        at += size
    return table


CAMERA_SPANS, PLACE_SPANS, LOOK_SPANS, SUBJECT_SPANS = map(spans,
    (CAMERA_FIELDS, PLACE_FIELDS, LOOK_FIELDS, SUBJECT_FIELDS))
SPANS = [CAMERA_SPANS, PLACE_SPANS, LOOK_SPANS] + [SUBJECT_SPANS] * SLOTS
COLUMN = [{name: i for i, name in enumerate(fields)} for fields in FIELDS]
SUBJECT_COLUMN = COLUMN[FIRST]


def empty_classes():
    """A scene as classes [TOKENS, WIDTH]; -1 says the field is absent."""
    classes = np.full((TOKENS, WIDTH), -1, np.int64)
    for token in range(FIRST):
        classes[token, :len(FIELDS[token])] = 0
    classes[FIRST:, 0] = 0
    return classes


def _offsets():
    table = np.full((TOKENS, WIDTH), CHANNELS, np.int64)
    for token, fields in enumerate(FIELDS):
        starts = [a for a, _ in spans(fields).values()]
        table[token, :len(starts)] = starts
    return table


OFFSETS = _offsets()


def to_latent(classes, palettes=None):
    """Classes [B, TOKENS, WIDTH] (and palette numbers [B, 20]) to scene tokens [B, TOKENS, CHANNELS]."""
    batch = classes.shape[0]
    wide = np.zeros((batch, TOKENS, CHANNELS + 1), np.float32)
    channel = np.where(classes >= 0, classes + OFFSETS, CHANNELS)
    np.put_along_axis(wide, channel, AMPLITUDE, axis=2)
    latent = wide[:, :, :CHANNELS]
    if palettes is not None:
        latent[:, LOOK, PALETTE_AT:PALETTE_AT + PALETTE_NUMBERS] = palettes
    return latent


def to_classes(latent):
    """Scene tokens [TOKENS, CHANNELS] to classes, by the largest channel of each field."""
    classes = np.full((TOKENS, WIDTH), -1, np.int64)
    for token, table in enumerate(SPANS):
        for column, (a, b) in enumerate(table.values()):
            classes[token, column] = latent[token, a:b].argmax()
        if token >= FIRST and classes[token, 0] == 0:
            classes[token, 1:] = -1
    return classes


def get(classes, token, field):
    """One field of one token."""
    return int(classes[token, COLUMN[token][field]])


def put(classes, token, **values):
    """Set fields of one token."""
    for field, value in values.items():
        classes[token, COLUMN[token][field]] = value
