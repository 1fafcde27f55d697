"""How each kind of subject is drawn, one unit tall, looking right; poses have drawings of their own."""

import math

import vocabulary as v
from drawing.people import PEOPLE
from drawing.strokes import ALWAYS, NO_LINE, OWN_LINE, WALKING, capsule, ellipse, polygon, rectangle, stack

STROKES = 28


def _circle():
    return [ellipse(0, 0, .48, .48, pattern=1, shade=.3),
        ellipse(.03, .04, .42, .42, role="light", alpha=.16, soft=.16, line=NO_LINE),
            ellipse(-.17, -.2, .1, .07, -35, role="white", alpha=.55, soft=.03, line=NO_LINE)]


def _square():
    return [rectangle(-.45, -.45, .45, .45, corner=.03, pattern=1, shade=.22),
            polygon((-.45, -.45), (.45, -.45), (.38, -.38), (-.38, -.38), role="light", alpha=.55, line=NO_LINE),
            polygon((-.45, -.45), (-.38, -.38), (-.38, .38), (-.45, .45), role="light", alpha=.3, line=NO_LINE)]


def _triangle():
    return [polygon((0, -.46), (.52, .44), (-.52, .44), corner=.03, pattern=1, shade=.22),
            polygon((0, -.4), (.02, .4), (-.45, .4), role="light", alpha=.22, line=NO_LINE)]


def _star():
    rows = []
    for i in range(5):
        a = math.radians(-90 + 72 * i)
        tip, left, right, back = ((r * math.cos(a + d), r * math.sin(a + d) + .03) for r,
            d in ((.52, 0), (.23, -.628), (.23, .628), (.1, math.pi)))
        rows.append(polygon(tip, right, back, left, corner=.012, pattern=1, shade=.22))
    for i in range(5):
        a = math.radians(-90 + 72 * i)
        tip, left = ((r * math.cos(a + d), r * math.sin(a + d) + .03) for r, d in ((.48, 0), (.21, -.628)))
        rows.append(polygon(tip, left, (0, .03), role="light", alpha=.35, line=NO_LINE))
    return rows


def _ring():
    return [ellipse(0, 0, .48, .48, cut=(0, 0, .28), pattern=1, shade=.3),
            ellipse(-.01, -.01, .41, .41, cut=(.01, .01, .385), role="light", alpha=.5, line=NO_LINE)]


def _heart():
    x, y, r, tip = .225, -.17, .26, .48
    far = math.hypot(x, tip - y)
    turn = math.atan2(y - tip, x) + math.asin(r / far)
    reach = math.sqrt(far * far - r * r)
    tx, ty = reach * math.cos(turn), tip + reach * math.sin(turn)
    return [ellipse(-x, y, r, r, pattern=1, shade=.22), ellipse(x, y, r, r, pattern=1, shade=.22),
            polygon((0, tip), (tx, ty), (x, y), (0, y + .02), (-x, y), (-tx, ty), corner=.008, pattern=1, shade=.22),
            ellipse(-.27, -.22, .09, .06, -40, role="white", alpha=.5, soft=.03, line=NO_LINE)]


def _diamond():
    return [polygon((0, -.5), (.38, 0), (0, .5), (-.38, 0), corner=.01, pattern=1, shade=.2),
            polygon((0, -.48), (0, 0), (-.36, 0), role="light", alpha=.55, line=NO_LINE),
            polygon((0, -.48), (.36, 0), (0, 0), role="light", alpha=.22, line=NO_LINE),
            polygon((0, .48), (.36, 0), (0, 0), role="dark", alpha=.35, line=NO_LINE)]


def _cross():
    return [rectangle(-.16, -.48, .16, .48, corner=.02, pattern=1, shade=.22),
        rectangle(-.48, -.16, .48, .16, corner=.02, pattern=1, shade=.22)]


def _moon():
    return [ellipse(-.04, 0, .62, .62, role="light", alpha=.16, soft=.35, line=NO_LINE),
            ellipse(-.04, 0, .48, .48, cut=(.2, -.08, .4), pattern=1, shade=.15),
            ellipse(-.38, .08, .05, .06, role="dark", alpha=.3, line=NO_LINE),
            ellipse(-.26, .32, .035, .03, role="dark", alpha=.3, line=NO_LINE),
            ellipse(-.3, -.2, .025, .03, role="dark", alpha=.25, line=NO_LINE)]


def _sun():
    rows = [ellipse(0, 0, .6, .6, role="light", alpha=.25, soft=.4, line=NO_LINE)]
    for i in range(12):
        a = math.radians(30 * i)
        c, s = math.cos(a), math.sin(a)
        far = .5 if i % 2 == 0 else .43
        rows.append(polygon((far * c, far * s), (.345 * c - .055 * s, .345 * s + .055 * c),
            (.345 * c + .055 * s, .345 * s - .055 * c), corner=.006, shade=0))
    return rows + [ellipse(0, 0, .29, .29, pattern=1, shade=.15, line=OWN_LINE),
        ellipse(-.06, -.07, .16, .15, role="light", alpha=.5, soft=.1, line=NO_LINE)]


def _cloud():
    puffs = [(-.5, .16, .3, .27), (.52, .18, .28, .25), (-.12, -.1, .42, .38), (.27, .0, .34, .32), (0, .2, .6, .22)]
    rows = [ellipse(x, y, rx, ry, pattern=1, shade=.12) for x, y, rx, ry in puffs]
    return rows + [ellipse(-.2, -.2, .24, .18, role="white", alpha=.55, soft=.12, line=NO_LINE),
                   ellipse(.02, .33, .6, .09, role="dark", alpha=.35, soft=.1, line=NO_LINE)]


def _tree():
    trunk = [polygon((-.045, -.1), (.045, -.1), (.075, .5), (-.075, .5), role="wood"),
        capsule(0, .12, .022, .15, -.08, .014, role="wood"),
             capsule(0, .2, .02, -.14, .02, .012, role="wood")]
    crown = [(-.2, -.07, .2, .18), (.21, -.06, .2, .18), (0, -.2, .3, .27), (-.13, -.25, .2, .2), (.15, -.24, .19, .19)]
    leaves = [ellipse(x, y, rx, ry, role="main", pattern=1, shade=.25) for x, y, rx, ry in crown]
    shine = [ellipse(x, y, r, r * .8, role="light", alpha=a, line=NO_LINE, soft=.012) for x, y, r, a in
             ((-.12, -.33, .11, .55), (.1, -.28, .09, .45), (-.22, -.14, .08, .4), (.02, -.12, .07, .35))]
    dusk = [ellipse(x, y, r, r * .7, role="dark", alpha=.4, line=NO_LINE, soft=.03) for x, y,
        r in ((.22, .0, .13), (-.05, .02, .15))]
    return trunk + leaves + dusk + shine


def _house():
    return [rectangle(.2, -.45, .31, -.18, role="accent dark"),
        rectangle(.185, -.47, .325, -.43, role="accent dark", line=OWN_LINE),
            rectangle(-.42, -.12, .42, .5, pattern=1, shade=.12),
            rectangle(-.42, -.12, .42, -.06, role="dark", alpha=.4, line=NO_LINE),
            polygon((0, -.46), (.54, -.09), (-.54, -.09), role="accent", line=OWN_LINE, corner=.012, shade=.2),
            polygon((0, -.44), (-.5, -.1), (-.4, -.1), (.02, -.4), role="light", alpha=.2, line=NO_LINE),
            rectangle(-.09, .14, .11, .5, role="wood", line=OWN_LINE),
            ellipse(.075, .33, .013, .013, role="accent", line=NO_LINE),
            *_pane(-.27, .2, .085, .1), *_pane(.27, .2, .085, .1),
            ellipse(0, -.225, .062, .062, role="glass", line=OWN_LINE),
            rectangle(-.14, .475, .16, .5, role="white", line=NO_LINE, alpha=.7)]


def _pane(x, y, w, h):
    return [rectangle(x - w - .02, y - h - .02, x + w + .02, y + h + .02, role="white", line=OWN_LINE),
        rectangle(x - w, y - h, x + w, y + h, role="glass", line=NO_LINE, shade=.3),
            capsule(x, y - h, .009, x, y + h, role="white", line=NO_LINE),
            capsule(x - w, y, .009, x + w, y, role="white", line=NO_LINE)]


def _car():
    rows = [polygon((-.56, -.06), (-.4, -.42), (.22, -.42), (.5, -.06), corner=.06, shade=.15),
            polygon((-.98, .02), (-.9, -.1), (.5, -.1), (.92, .0), (1.0, .1), (1.0, .28), (-1.0, .28), corner=.06,
            pattern=1, shade=.2),
            polygon((-.46, -.08), (-.33, -.35), (-.1, -.35), (-.1, -.08), role="glass", line=OWN_LINE, corner=.02,
            shade=.3),
            polygon((-.03, -.08), (-.03, -.35), (.18, -.35), (.38, -.08), role="glass", line=OWN_LINE, corner=.02,
            shade=.3),
            rectangle(-.98, .2, .98, .3, role="dark", line=NO_LINE, corner=.03),
            capsule(-.02, .0, .012, .07, .0, role="dark", line=NO_LINE),
            ellipse(.92, .09, .055, .06, role="accent", line=OWN_LINE),
            rectangle(-.99, .04, -.93, .14, role="accent dark", line=NO_LINE, corner=.01),
            polygon((-.86, -.03), (.5, -.06), (.5, -.03), (-.86, .0), role="light", alpha=.4, line=NO_LINE)]
    for x in (-.55, .56):
        rows += [ellipse(x, .29, .225, .225, role="black", line=OWN_LINE),
            ellipse(x, .29, .12, .12, role="white", line=NO_LINE, alpha=.8),
            ellipse(x, .29, .05, .05, role="black", line=NO_LINE)]
    return rows


def _boat():
    return [capsule(0, -.48, .014, 0, .28, .02, role="wood"),
        polygon((.03, -.46), (.44, .16), (.03, .16), role="accent", line=OWN_LINE, shade=.15),
            polygon((-.03, -.38), (-.03, .16), (-.34, .16), role="white", line=OWN_LINE, shade=.15),
            polygon((-.58, .24), (.62, .2), (.44, .48), (-.42, .48), corner=.03, pattern=1, shade=.2, line=OWN_LINE),
            polygon((-.565, .27), (.59, .24), (.575, .275), (-.545, .31), role="white", alpha=.75, line=NO_LINE),
            polygon((.01, -.5), (.16, -.45), (.01, -.4), role="accent dark", line=OWN_LINE, corner=.004)]


def _mountain():
    return [polygon((.42, -.2), (.95, .5), (-.2, .5), role="dark", shade=.15),
        polygon((-.12, -.5), (.66, .5), (-.95, .5), corner=.015, pattern=1, shade=.15),
            polygon((-.12, -.49), (.64, .5), (.1, .5), (-.02, .0), role="dark", alpha=.42, line=NO_LINE),
            polygon((-.12, -.5), (.04, -.29), (-.06, -.2), (-.15, -.27), (-.29, -.2), role="white", line=NO_LINE,
            corner=.008),
            polygon((-.2, -.36), (-.1, -.36), (-.22, -.12), (-.3, -.19), role="white", line=NO_LINE, corner=.008),
            polygon((.42, -.2), (.52, -.07), (.44, -.03), (.36, -.07), (.32, -.08), role="white", alpha=.9,
            line=NO_LINE)]


def _table():
    return [polygon((-.5, -.08), (-.4, -.08), (-.46, .5), (-.55, .5), role="dark"),
        polygon((.5, -.08), (.4, -.08), (.46, .5), (.55, .5), role="dark"),
            capsule(-.46, .22, .02, .46, .22, role="dark"),
            polygon((-.7, -.18), (.7, -.18), (.74, -.06), (-.74, -.06), corner=.02, pattern=1, shade=.15,
            line=OWN_LINE),
            rectangle(-.62, -.06, .62, .04, role="dark", line=OWN_LINE),
            polygon((-.68, -.17), (.68, -.17), (.69, -.14), (-.69, -.14), role="light", alpha=.6, line=NO_LINE),
            polygon((.17, -.36), (.35, -.36), (.31, -.18), (.21, -.18), role="white", line=OWN_LINE, corner=.02),
            ellipse(.37, -.28, .05, .06, cut=(.37, -.28, .03), role="white", line=NO_LINE)]


def _lamp():
    return [ellipse(0, -.22, .5, .46, role="light", alpha=.22, soft=.4, line=NO_LINE),
        capsule(0, -.2, .018, 0, .45, role="black"), ellipse(0, .465, .17, .035, role="black"),
            polygon((-.1, -.48), (.1, -.48), (.24, -.14), (-.24, -.14), corner=.015, pattern=1, shade=.15,
            line=OWN_LINE),
            polygon((-.02, -.46), (.06, -.46), (.12, -.16), (0, -.16), role="white", alpha=.3, soft=.04, line=NO_LINE),
            ellipse(0, -.14, .23, .022, role="white", alpha=.75, line=NO_LINE)]


def _door():
    return [rectangle(-.3, -.5, .3, .5, role="dark"), rectangle(-.25, -.455, .25, .5, pattern=1, shade=.15,
        line=OWN_LINE), ellipse(.17, .06, .032, .032, role="accent", line=OWN_LINE),
            *[rectangle(x, y, x + .17, y + h, role=r, alpha=.75, line=NO_LINE, corner=.008) for x in (-.2, .03) for y,
            h, r in ((-.39, .3, "dark"), (.13, .28, "dark"))],
            *[rectangle(x + .015, y + .015, x + .17, y + h, role="light", alpha=.28, line=NO_LINE, corner=.008)
            for x in (-.2, .03) for y, h in ((-.39, .3), (.13, .28))],
            rectangle(-.36, .465, .36, .5, role="accent dark")]


def _window():
    return [rectangle(-.42, -.5, .42, .42, pattern=1, shade=.1),
        rectangle(-.34, -.42, -.02, -.05, role="glass", line=OWN_LINE, shade=.35),
        rectangle(.02, -.42, .34, -.05, role="glass", line=OWN_LINE, shade=.35),
            rectangle(-.34, -.01, -.02, .36, role="glass", line=OWN_LINE, shade=.35),
            rectangle(.02, -.01, .34, .36, role="glass", line=OWN_LINE, shade=.35),
            *[polygon((x, y + .22), (x + .16, y), (x + .22, y), (x, y + .3), role="white", alpha=.4, line=NO_LINE)
            for x in (-.32, .04) for y in (-.4, .01)],
            rectangle(-.5, .4, .5, .5, role="dark", line=OWN_LINE, corner=.01)]


def _fish():
    return [polygon((-.42, 0), (-.82, -.32), (-.72, 0), role="dark", corner=.03, pivot=(-.4, 0), swing=14, beat=ALWAYS),
            polygon((-.42, 0), (-.72, 0), (-.82, .32), role="dark", corner=.03, pivot=(-.4, 0), swing=14, beat=ALWAYS),
            polygon((-.2, -.3), (.2, -.33), (-.12, -.48), role="dark", corner=.02),
            ellipse(.08, 0, .58, .36, pattern=1, shade=.3),
            ellipse(.05, .14, .42, .17, role="light", alpha=.5, soft=.1, line=NO_LINE),
            polygon((.05, .08), (-.18, .24), (-.2, .08), role="dark", line=OWN_LINE, corner=.02),
            ellipse(.42, -.08, .075, .075, role="white", line=NO_LINE),
            ellipse(.44, -.08, .04, .04, role="black", line=NO_LINE),
            ellipse(.2, 0, .03, .2, role="dark", alpha=.4, line=NO_LINE),
            capsule(.56, .1, .012, .62, .07, role="dark", line=NO_LINE)]


def _flower():
    stem = [capsule(0, -.15, .02, .01, .5, .026, role="accent dark"),
        ellipse(.13, .24, .14, .05, -32, role="accent dark"), ellipse(-.13, .33, .14, .05, 212, role="accent dark")]
    petals = [ellipse(.17 * math.cos(a), -.27 + .17 * math.sin(a), .135, .088, math.degrees(a), pattern=1, shade=.2,
        line=OWN_LINE) for a in [math.radians(60 * i + 30) for i in range(6)]]
    return stem + petals + [ellipse(0, -.27, .085, .085, role="accent", line=OWN_LINE),
        ellipse(-.02, -.29, .04, .035, role="white", alpha=.4, soft=.03, line=NO_LINE)]


def _rocket():
    return [polygon((-.08, .3), (.08, .3), (0, .5), role="accent dark", corner=.02, pivot=(0, .3), swing=6,
        beat=ALWAYS), polygon((-.045, .3), (.045, .3), (0, .43), role="accent", line=NO_LINE),
            polygon((-.1, .02), (-.27, .3), (-.25, .38), (-.08, .28), role="dark", corner=.02),
            polygon((.1, .02), (.27, .3), (.25, .38), (.08, .28), role="dark", corner=.02),
            polygon((-.055, -.36), (.055, -.36), (.15, -.12), (.15, .14), (.09, .3), (-.09, .3), (-.15, .14),
            (-.15, -.12), corner=.04, pattern=1, shade=.25),
            polygon((0, -.5), (.085, -.3), (-.085, -.3), role="dark", corner=.03, line=OWN_LINE),
            ellipse(0, -.1, .075, .075, role="white", line=OWN_LINE),
            ellipse(0, -.1, .05, .05, role="glass", line=NO_LINE, shade=.3),
            capsule(-.09, -.2, .012, -.1, .12, role="light", alpha=.7, line=NO_LINE),
            rectangle(-.1, .24, .1, .31, role="dark", line=OWN_LINE)]


def _bird():
    return [polygon((-.3, .02), (-.66, -.1), (-.62, .1), role="dark", corner=.02),
        ellipse(0, .05, .38, .21, -8, pattern=1, shade=.25), ellipse(.33, -.1, .165, .155, shade=.15),
        ellipse(.05, .13, .24, .1, role="light", alpha=.55, soft=.05, line=NO_LINE),
            polygon((.46, -.14), (.64, -.07), (.46, -.03), role="accent", line=OWN_LINE, corner=.01),
            ellipse(.38, -.14, .03, .03, role="black", line=NO_LINE),
            ellipse(.39, -.15, .01, .01, role="white", line=NO_LINE),
            polygon((.12, -.0), (-.06, -.5), (-.3, -.38), (-.24, .02), role="dark", corner=.04, line=OWN_LINE,
            pivot=(0, 0), swing=26, beat=ALWAYS),
            capsule(-.02, .24, .013, -.06, .38, role="accent", line=NO_LINE),
            capsule(.08, .24, .013, .06, .38, role="accent", line=NO_LINE)]


def _dog(pose):
    if pose == "sit":
        return [capsule(-.34, .42, .035, -.56, .22, .025, role="dark", pivot=(-.34, .42), swing=16, beat=ALWAYS),
            ellipse(-.16, .27, .26, .24, shade=.2), polygon((-.3, .3), (.05, -.2), (.28, -.05), (.24, .5), (-.2, .5),
            corner=.06, pattern=1, shade=.2),
                capsule(.2, .05, .075, .24, .45, .05), capsule(-.05, .45, .055, .1, .46, .05, role="dark"),
                *_dog_head(.2, -.26)]
    spread = 22 if pose == "walk" else 0
    legs = [(-.38, "dark", 1), (.34, "dark", -1), (-.3, "main", -1), (.42, "main", 1)]
    rows = [capsule(-.46, -.02, .045, -.7, -.26, .025, role="dark", pivot=(-.46, -.02), swing=14, beat=ALWAYS)]
    for x, role, side in legs[:2]:
        rows.append(_leg(x, role, side * spread))
    rows += [ellipse(-.34, .03, .2, .19, pattern=1, shade=.25), ellipse(.3, .0, .23, .22, pattern=1, shade=.25),
        polygon((-.38, -.155), (.34, -.21), (.44, .1), (.3, .2), (-.4, .2), corner=.025, pattern=1, shade=.25)]
    rows += [_leg(x, role, side * spread) for x, role, side in legs[2:]]
    return rows + _dog_head(.52, -.22)


def _leg(x, role, turn):
    a = math.radians(turn)
    return capsule(x, .1, .08, x + .38 * math.sin(a), .1 + .36 * math.cos(a), .05, role=role, pivot=(x, .1),
        swing=-turn or 0, phase=0, beat=WALKING)


def _dog_head(x, y):
    return [polygon((x - .1, y + .1), (x + .1, y + .06), (x - .02, y + .38), (x - .22, y + .3), corner=.04, shade=.1),
        ellipse(x, y, .19, .17, shade=.15), ellipse(x + .18, y + .06, .13, .085, role="light", line=OWN_LINE),
        ellipse(x + .29, y + .03, .04, .035, role="black", line=NO_LINE),
            ellipse(x + .06, y - .05, .026, .028, role="black", line=NO_LINE),
            ellipse(x - .12, y + .04, .07, .16, 14, role="dark", line=OWN_LINE),
            capsule(x - .14, y + .22, .02, x + .1, y + .2, .02, role="accent", line=NO_LINE)]


def _cat(pose):
    tail = [capsule(-.36, .36, .035, -.56, .1, .035, role="dark", pivot=(-.36, .36), swing=10, beat=ALWAYS),
        capsule(-.56, .1, .035, -.5, -.1, .03, role="dark", pivot=(-.36, .36), swing=10, beat=ALWAYS)]
    if pose != "walk":
        body = [ellipse(-.1, .3, .3, .2, shade=.2), polygon((-.28, .3), (-.02, -.12), (.22, -.08), (.26, .48),
            (-.25, .48), corner=.08, pattern=1, shade=.2), capsule(.08, .2, .06, .08, .45, .05),
            capsule(.2, .2, .06, .22, .45, .05)]
        return tail + body + _cat_head(.12, -.25)
    legs = [_leg(-.3, "dark", 20), _leg(.22, "dark", -20)]
    body = [ellipse(-.3, .08, .15, .15, pattern=1, shade=.2), ellipse(.26, .06, .15, .16, pattern=1, shade=.2),
        polygon((-.32, -.07), (.28, -.1), (.36, .12), (.26, .215), (-.34, .225), corner=.02, pattern=1, shade=.2)]
    return tail + legs + body + [_leg(-.24, "main", -20), _leg(.3, "main", 20)] + _cat_head(.42, -.18)


def _cat_head(x, y):
    rows = [polygon((x - .2, y - .02), (x - .19, y - .27), (x - .03, y - .13), corner=.01),
        polygon((x + .2, y - .02), (x + .19, y - .27), (x + .03, y - .13), corner=.01),
        ellipse(x, y, .215, .185, shade=.15)]
    rows += [polygon((x + s * .165, y - .09), (x + s * .165, y - .21), (x + s * .075, y - .13), role="skin",
        line=NO_LINE, corner=.008) for s in (-1, 1)]
    rows += [ellipse(x + s * .085, y - .02, .036, .045, role="white", line=NO_LINE)
        for s in (-1, 1)] + [ellipse(x + s * .08, y - .02, .018, .036, role="black", line=NO_LINE) for s in (-1, 1)]
    rows += [polygon((x - .025, y + .055), (x + .025, y + .055), (x, y + .085), role="skin", line=NO_LINE, corner=.004)]
    return rows + [capsule(x + s * .1, y + .07, .006, x + s * .28, y + .05, role="dark", line=NO_LINE) for s in (-1, 1)]


_PLAIN = {"circle": _circle, "square": _square, "triangle": _triangle, "star": _star, "ring": _ring, "heart": _heart,
    "diamond": _diamond, "cross": _cross, "moon": _moon, "sun": _sun, "cloud": _cloud, "tree": _tree,
          "house": _house, "car": _car, "boat": _boat, "mountain": _mountain, "bird": _bird, "table": _table,
          "lamp": _lamp, "door": _door, "window": _window, "fish": _fish, "flower": _flower, "rocket": _rocket}


def templates():
    """Stroke table [templates, STROKES, ROW] and the template of each kind and pose [kinds, poses]."""
    drawings, index = [[]], []
    for kind in v.KINDS:
        row = []
        for pose in v.POSES:
            if kind in ("dog", "cat"):
                if pose in ("stand", "walk", "sit"):
                    drawings.append(_dog(pose) if kind == "dog" else _cat(pose))
                    row.append(len(drawings) - 1)
                else:
                    row.append(row[0])
            elif kind == "person":
                drawings.append(PEOPLE[pose]())
                row.append(len(drawings) - 1)
            else:
                if pose == "stand":
                    drawings.append(_PLAIN[kind]() if kind in _PLAIN else [])
                row.append(len(drawings) - 1)
        index.append(row)
    return stack(drawings, STROKES), index
