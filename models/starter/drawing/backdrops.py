"""What stands in each place and sky, in eight variants: strokes measured from the horizon, x from the middle, depth 1
is far."""

import math
import random

import vocabulary as v
from drawing.strokes import NO_LINE, OWN_LINE, capsule, ellipse, polygon, rectangle, stack

STROKES, SKY_STROKES, VARIANTS, REACH = 44, 26, 8, 1.7


def _far(**look):
    return dict({"line": NO_LINE, "shade": .06, "corner": .01}, **look)


def _beach(r):
    rows = [rectangle(-3, -.002, 3, .13, **_far(role=0, depth=.35, shade=.3)),
        rectangle(-3, .07, 3, .135, **_far(role=1, depth=.2)),
        ellipse(r.uniform(-.6, .6), .15, 1.9, .045, **_far(role=3, depth=.1, alpha=.95)),
            ellipse(r.uniform(-.6, .6), .185, 2.2, .05, **_far(role="accent dark", depth=.1, alpha=.55))]
    rows += [capsule(x, y, .0035, x + r.uniform(.06, .16), y, .0035, **_far(role=2, depth=.3, alpha=.8)) for x,
        y in ((r.uniform(-1.5, 1.5), r.uniform(.02, .1)) for _ in range(9))]
    side = r.choice([-1, 1])
    x = side * r.uniform(.66, .8)
    rows += [capsule(x, .36, .032, x - side * .03, .1, .026, role=5, line=OWN_LINE),
        capsule(x - side * .03, .1, .026, x - side * .1, -.22, .019, role=5, line=OWN_LINE)]
    top = (x - side * .1, -.24)
    rows += [ellipse(top[0] + .13 * math.cos(a), top[1] + .12 * math.sin(a), .15, .036, math.degrees(a),
        role=6 if i % 2 else 10, line=OWN_LINE, shade=.1) for i,
        a in enumerate(math.radians(d) for d in (-165, -15, 150, 25, -60, -120))]
    rows += [ellipse(x + .02, .38, .2, .025, role=9, line=NO_LINE, alpha=.5, soft=.04)]
    rows += [ellipse(r.uniform(-1.2, 1.2), r.uniform(.24, .48), r.uniform(.05, .14), .008, **_far(role=9, alpha=.45))
        for _ in range(8)]
    return rows


def _hills(r, roles, low, high, depth):
    return [ellipse(r.uniform(-1.2, 1.2), h * .35, r.uniform(.7, 1.2), h, **_far(role=role, depth=d, shade=.07))
        for role, h, d in zip(roles, (high, (low + high) / 2, low), depth)]


def _bush(x, y, s, role=3):
    return [ellipse(x - .06 * s, y - .03 * s, .08 * s, .07 * s, **_far(role=role, shade=.2)),
        ellipse(x + .05 * s, y - .045 * s, .09 * s, .085 * s, **_far(role=role, shade=.2))]


def _meadow(r):
    rows = _hills(r, (0, 0, 1), .12, .24, (.8, .6, .45)) + [rectangle(-3, 0, 3, .1,
        **_far(role=9, depth=.15, soft=.08))]
    rows += [ellipse(r.uniform(-1, 1), .2, 1.5, .1, **_far(role=2, alpha=.45, shade=.02)),
        ellipse(r.uniform(-1, 1), .42, 1.8, .14, **_far(role=3, alpha=.45, shade=.02))]
    side = r.choice([-1, 1])
    for x, s in ((side * r.uniform(.55, .85), .8), (side * r.uniform(.95, 1.4), 1.0),
            (-side * r.uniform(1.0, 1.4), .7)):
        rows += [capsule(x, .0, .008 * s, x, .05, .01 * s, **_far(role=8, depth=.35))] + [ellipse(x + dx * s, dy * s,
            .06 * s, .055 * s, **_far(role=7, depth=.35, shade=.2)) for dx,
            dy in ((-.035, -.02), (.035, -.025), (0, -.07))]
    for _ in range(7):
        x, y = r.uniform(-1.1, 1.1), r.uniform(.22, .5)
        rows += [ellipse(x, y, .008 + y * .012, .007 + y * .01, **_far(role=r.choice([4, 5, 6])))]
    for _ in range(6):
        x, y = r.uniform(-1.1, 1.1), r.uniform(.14, .5)
        rows += [polygon((x - .006, y), (x + .006, y), (x + r.uniform(-.012, .012), y - .02 - y * .05),
            **_far(role=11, alpha=.7, corner=.002))]
    return rows


def _pine(x, y, s, dark, snow, depth):
    rows = [rectangle(x - .012 * s, y - .06 * s, x + .012 * s, y, **_far(role=7, depth=depth))]
    for i, (w, top, bottom) in enumerate(((.13, -.2, -.04), (.105, -.29, -.13), (.07, -.37, -.22))):
        rows.append(polygon((x, y + top * s), (x + w * s, y + bottom * s), (x - w * s, y + bottom * s),
            **_far(role=dark if i != 1 else dark + 1, depth=depth, corner=.006)))
    return rows + [polygon((x, y - .37 * s), (x + .035 * s, y - .29 * s), (x - .04 * s, y - .285 * s),
        **_far(role=snow, depth=depth, corner=.003))]


def _snowfield(r):
    rows = [polygon((x, -h), (x + h * 1.3, .03), (x - h * 1.2, .03), **_far(role=0, depth=.6)) for x,
        h in ((r.uniform(-1.3, -.6), .2), (r.uniform(-.3, .3), .26), (r.uniform(.6, 1.3), .21))]
    rows += _hills(r, (1, 1, 2), .05, .1, (.35, .3, .15))
    side = r.choice([-1, 1])
    for x, y, s in ((side * r.uniform(.6, .75), .08, .8), (side * r.uniform(.9, 1.2), .13, 1.15),
            (-side * r.uniform(.95, 1.2), .06, .7)):
        rows += _pine(x, y, s, 4, 6, .15)
    return rows + [ellipse(r.uniform(-1, 1), y, r.uniform(.5, 1.1), .03, **_far(role=3, alpha=.35, soft=.03))
        for y in (.16, .27, .42)] + [ellipse(r.uniform(-1, 1), y, r.uniform(.6, 1.2), .04,
        **_far(role=6, alpha=.5, soft=.04)) for y in (.21, .36)]


def _cactus(x, y, s):
    return [capsule(x, y, .028 * s, x, y - .26 * s, .026 * s, role=4, line=OWN_LINE),
        capsule(x, y - .11 * s, .018 * s, x - .08 * s, y - .12 * s, .018 * s, role=4, line=NO_LINE),
        capsule(x - .08 * s, y - .12 * s, .018 * s, x - .08 * s, y - .2 * s, .017 * s, role=4, line=NO_LINE),
            capsule(x, y - .08 * s, .017 * s, x + .075 * s, y - .09 * s, .017 * s, role=4, line=NO_LINE),
            capsule(x + .075 * s, y - .09 * s, .017 * s, x + .075 * s, y - .16 * s, .016 * s, role=4, line=NO_LINE),
            ellipse(x + .03, y + .005, .1 * s, .012, role=3, line=NO_LINE, alpha=.5, soft=.02)]


def _desert(r):
    x = r.uniform(-1, 1)
    rows = [polygon((x - .3, .02), (x - .22, -.13), (x + .2, -.13), (x + .3, .02), **_far(role=6, depth=.6)),
        polygon((-x - .2, .02), (-x - .13, -.07), (-x + .1, -.07), (-x + .16, .02), **_far(role=8, depth=.65))]
    rows += _hills(r, (7, 0, 1), .07, .13, (.35, .25, .1))
    for _ in range(4):
        cx, y = r.uniform(-1.1, 1.1), r.uniform(.1, .42)
        rows += [ellipse(cx, y + .08, r.uniform(.6, 1.1), .09, **_far(role=r.choice([0, 7]), shade=.05, alpha=.7)),
            ellipse(cx + .2, y + .1, .7, .07, **_far(role=1, alpha=.3, soft=.05))]
    side = r.choice([-1, 1])
    return rows + _cactus(side * r.uniform(.6, .78), r.uniform(.1, .16), 1.0) + _cactus(-side * r.uniform(.85, 1.3),
        .07, .6) + [ellipse(r.uniform(-1, 1), r.uniform(.2, .45), .03, .015, role=9, line=NO_LINE) for _ in range(3)]


def _city(r):
    rows = []
    for depth, role, low, high, step in ((.75, 0, .18, .36, .19), (.45, 1, .14, .34, .24)):
        x = -1.45 + r.random() * .1
        while x < 1.45:
            w, h = r.uniform(.1, .17), r.uniform(low, high)
            rows.append(rectangle(x - w / 2, -h, x + w / 2, .01,
                **_far(role=role, depth=depth, corner=.003, pattern=2 if depth < .6 else 0)))
            x += step
    for x, role in ((-1.3, 2), (-.98, 9), (.97, 7), (1.28, 3)):
        w, h = r.uniform(.24, .3), r.uniform(.26, .5)
        rows += [rectangle(x - w / 2, -h, x + w / 2, .03, role=role, line=OWN_LINE, depth=.1, corner=.003, pattern=2),
            rectangle(x - w / 2 - .012, -h - .02, x + w / 2 + .012, -h, role=10, line=NO_LINE, depth=.1)]
    return rows + [rectangle(-3, .02, 3, .05, **_far(role=6)), rectangle(-3, .05, 3, .06, **_far(role=11))]


def _street(r):
    rows = []
    for i, (left, right) in enumerate(((-1.5, -1.13), (-1.12, -.78), (-.77, -.46), (-.45, -.16), (-.15, .18), (.19, .5),
            (.51, .84), (.85, 1.18), (1.19, 1.55))):
        h, role = r.uniform(.3, .46), r.choice([0, 1, 2, 3])
        rows.append(rectangle(left, -h, right, .02, role=role, line=OWN_LINE, depth=.25, corner=.003, pattern=2))
        rows.append(rectangle(left - .004, -h - .022, right + .004, -h, role=5, line=NO_LINE, depth=.25))
        if i % 2 == 0:
            rows.append(rectangle((left + right) / 2 - .035, -.12, (left + right) / 2 + .035, .02, role=5,
                line=OWN_LINE, depth=.25))
    rows += [rectangle(-3, .01, 3, .075, **_far(role=7)), rectangle(-3, .07, 3, .082, **_far(role=8)),
        rectangle(-3, .43, 3, .44, **_far(role=8)), rectangle(-3, .44, 3, 1.2, **_far(role=7))]
    offset = r.uniform(0, .3)
    rows += [polygon((x, .25), (x + .15, .25), (x + .14, .268), (x - .01, .268), **_far(role=9, corner=.002))
        for x in (offset - 1.6 + .32 * k for k in range(11))]
    x = r.choice([-1, 1]) * r.uniform(.62, .8)
    return rows + [capsule(x, .07, .009, x, -.3, .007, role=8, line=NO_LINE),
        capsule(x, -.3, .007, x + .07, -.31, .006, role=8, line=NO_LINE),
        ellipse(x + .08, -.3, .024, .015, role=4, line=NO_LINE),
        ellipse(x + .08, -.29, .07, .06, role=4, line=NO_LINE, alpha=.35, soft=.07)]


def _room(r):
    side = r.choice([-1, 1])
    x, y = side * r.uniform(.42, .55), -.3
    rows = [rectangle(-3, -1.5, 3, .0, **_far(role=0, shade=.04)),
        *[rectangle(p - .05, -1.5, p, 0, **_far(role=5, alpha=.35))
        for p in (-1.5, -1.2, -.9, -.6, -.3, 0, .3, .6, .9, 1.2, 1.5)], rectangle(-3, -.028, 3, .004, **_far(role=1)),
        rectangle(-3, .004, 3, .012, **_far(role=4, alpha=.6))]
    rows += [rectangle(x - .17, y - .17, x + .17, y + .17, role=1, line=OWN_LINE),
        rectangle(x - .145, y - .145, x + .145, y + .145, role=2, line=NO_LINE, shade=.3),
        capsule(x, y - .145, .008, x, y + .145, role=1, line=NO_LINE),
        capsule(x - .145, y, .008, x + .145, y, role=1, line=NO_LINE),
             polygon((x - .145, y + .02), (x - .145, y - .08), (x - .06, y - .145), (x + .02, y - .145), role=1,
             line=NO_LINE, alpha=.35), rectangle(x - .2, y + .17, x + .2, y + .19, role=1, line=OWN_LINE),
             polygon((x - .26, y - .2), (x - .13, y - .2), (x - .17, y + .22), (x - .27, y + .26), role=9,
             line=OWN_LINE, shade=.2), polygon((x + .26, y - .2), (x + .13, y - .2), (x + .17, y + .22),
             (x + .27, y + .26), role=9, line=OWN_LINE, shade=.2),
             capsule(x - .3, y - .205, .008, x + .3, y - .205, role=4, line=NO_LINE)]
    px = -side * r.uniform(.4, .6)
    rows += [rectangle(px - .1, -.36, px + .1, -.22, role=4, line=OWN_LINE),
        rectangle(px - .085, -.345, px + .085, -.235, role=10, line=NO_LINE),
        polygon((px - .08, -.24), (px - .02, -.31), (px + .04, -.24), role=6, line=NO_LINE),
        polygon((px - .01, -.24), (px + .04, -.29), (px + .08, -.24), role=8, line=NO_LINE)]
    rows += [capsule(-3, d, .0025, 3, d, .0025, **_far(role=11, alpha=.7)) for d in (.06, .14, .25, .4)]
    rows += [ellipse(0, .27, .62, .115, role=3, line=OWN_LINE), ellipse(0, .27, .54, .095, role=10, line=NO_LINE),
        ellipse(0, .27, .5, .085, role=3, line=NO_LINE)]
    return rows + [polygon((-side * .98, .05), (-side * .86, .05), (-side * .88, .17), (-side * .96, .17), role=9,
        line=OWN_LINE), *[ellipse(-side * .92 + .07 * math.cos(a), .02 + .09 * math.sin(a), .09, .028, math.degrees(a),
        role=6 if i % 2 else 8, line=OWN_LINE) for i, a in enumerate(math.radians(d)
        for d in (-150, -30, -115, -65, -90))]]


def _forest(r):
    rows = []
    for depth, role, number, size in ((.85, 1, 5, .5), (.6, 2, 4, .62)):
        for i in range(number):
            x = -1.3 + 2.6 * (i + r.random() * .7) / number
            rows += [rectangle(x - .02 * size, -size * .6, x + .02 * size, .03, **_far(role=5, depth=depth)),
                ellipse(x, -size * .62, .24 * size, .34 * size, **_far(role=role, depth=depth, shade=.25))]
    rows += [ellipse(r.uniform(-.8, .8), -.02, 1.6, .06, **_far(role=8, depth=.5, alpha=.5, soft=.08)),
        ellipse(r.uniform(-.6, .6), .05, 1.6, .07, **_far(role=10, depth=.2, shade=.1))]
    for x in (-1.02 + r.uniform(-.06, .06), -.68 + r.uniform(-.05, .05), .66 + r.uniform(-.05, .05),
            1.04 + r.uniform(-.06, .06)):
        y, w = r.uniform(.08, .2), r.uniform(.045, .07)
        rows += [polygon((x - w * .7, -1), (x + w * .7, -1), (x + w * 1.25, y), (x - w * 1.25, y), role=5,
            line=OWN_LINE, shade=.3, corner=.01), polygon((x + w * .15, -1), (x + w * .68, -1), (x + w * 1.2, y),
            (x + w * .4, y), role=6, line=NO_LINE, alpha=.6)]
    rows += [ellipse(x, -.5 - r.random() * .06, .34, .17, **_far(role=r.choice([3, 9]), shade=.2))
        for x in (-1.1, -.62, .6, 1.12)]
    for _ in range(4):
        rows += _bush(r.uniform(-1.2, 1.2), r.uniform(.12, .22), r.uniform(.7, 1.1), r.choice([3, 9]))
    return rows[:STROKES]


def _sea(r):
    rows = [ellipse(r.choice([-1, 1]) * r.uniform(.7, 1.2), .01, r.uniform(.2, .35), r.uniform(.05, .09),
        **_far(role=6, depth=.6))]
    for i in range(16):
        y = .02 + .5 * (i / 16) ** 1.5
        x, w = r.uniform(-1.3, 1.3), .06 + y * .55
        rows.append(ellipse(x, y, w, .004 + y * .022, **_far(role=(0, 1, 9)[i % 3], depth=.3 - y * .4, alpha=.75)))
    for i in range(12):
        y = .05 + .42 * (i / 12)
        x, w = r.uniform(-1.2, 1.2), .03 + y * .2
        rows.append(capsule(x - w, y, .002 + y * .005, x + w, y - .002, .001, **_far(role=4, alpha=.8)))
    return rows + [ellipse(r.uniform(-.8, .8), .44, 1.3, .05, **_far(role=3, alpha=.7, shade=.2)),
        ellipse(r.uniform(-.8, .8), .56, 1.5, .06, **_far(role=8, alpha=.7, shade=.2))]


def _night_sky(r):
    rows = [ellipse(r.uniform(-.7, .7), r.uniform(-.5, .2), r.uniform(.5, .9), r.uniform(.14, .3), r.uniform(-35, 35),
        role=role, line=NO_LINE, alpha=.4, soft=.5, depth=.9, shade=0) for role in (3, 4, 5)]
    for i in range(38):
        size = r.choice([.0022, .003, .004, .0055])
        rows.append(ellipse(r.uniform(-1.25, 1.25), r.uniform(-.75, .6), size, size, role=r.choice([0, 1, 2]),
            line=NO_LINE, depth=.9, shade=0))
    return rows


def _stage(r):
    rows = [rectangle(-3, -1.5, 3, .005, **_far(role=7)), rectangle(-3, -.0, 3, .012, **_far(role=5, alpha=.7))]
    rows += [polygon((x, -1.2), (x + .1, -1.2), (x + .105, .0), (x - .005, .0),
        **_far(role=i % 2 and 4 or 10, shade=.1)) for i, x in enumerate(-.95 + .1 * k for k in range(19))][:19]
    beam = r.uniform(-.15, .15)
    rows += [polygon((beam - .05, -.9), (beam + .05, -.9), (.52, .3), (-.52, .3), role=3, line=NO_LINE, alpha=.13,
        soft=.05), ellipse(0, .28, .62, .12, role=3, line=NO_LINE, alpha=.34, soft=.12)]
    rows += [capsule(-3, d, .002, 3, d, .002, **_far(role=6, alpha=.7)) for d in (.08, .19, .36)]
    for s in (-1, 1):
        rows += [polygon((s * (.98 - k * .09), -1.2), (s * (.88 - k * .09), -1.2), (s * (.9 - k * .07), .1),
            (s * (1.02 - k * .08), .1), role=(0, 2, 1)[k], line=OWN_LINE, shade=.3, corner=.02)
            for k in range(3)] + [rectangle(min(s * .95, s * 3), -1.5, max(s * .95, s * 3), .1, role=1, line=NO_LINE)]
    top = -.44
    return rows + [ellipse(-1.05 + .3 * k, top, .17, .09, role=0 if k % 2 else 2, line=OWN_LINE, shade=.2)
        for k in range(8)] + [rectangle(-3, -1.5, 3, top, role=0, line=NO_LINE)]


def _sky(time, r):
    if time == "night":
        return [ellipse(r.uniform(-1.2, 1.2), r.uniform(-.68, -.12), s, s, role="white", line=NO_LINE, depth=1, shade=0,
            alpha=.9) for s in (r.choice([.0022, .003, .0042]) for _ in range(SKY_STROKES))]
    if time == "day":
        rows = []
        for _ in range(3):
            x, y, s = r.uniform(-1, 1), r.uniform(-.55, -.3), r.uniform(.7, 1.1)
            rows += [ellipse(x + dx * s, y + dy * s, rx * s, ry * s, role="white", line=NO_LINE, alpha=.5, soft=.02,
                depth=1, shade=0) for dx, dy, rx, ry in ((0, 0, .2, .035), (-.05, -.02, .1, .035),
                (.06, -.03, .09, .04))]
        return rows
    return [ellipse(r.uniform(-1, 1), y, r.uniform(.25, .6), .012, role="accent", line=NO_LINE, alpha=.5, soft=.014,
        depth=1, shade=0) for y in (-.12, -.19, -.27, -.36, -.46)]


_DRAWN = {"beach": _beach, "meadow": _meadow, "snowfield": _snowfield, "desert": _desert, "city": _city,
    "street": _street, "room": _room, "forest": _forest, "sea": _sea, "night sky": _night_sky, "stage": _stage}


def place_templates():
    """[places * VARIANTS, STROKES, ROW]."""
    return stack([_DRAWN[place](random.Random(f"{place} {n}")) if place in _DRAWN else [] for place in v.PLACES
        for n in range(VARIANTS)], STROKES)


def sky_templates():
    """[times * VARIANTS, SKY_STROKES, ROW]."""
    return stack([_sky(time, random.Random(f"{time} {n}")) for time in v.TIMES for n in range(VARIANTS)], SKY_STROKES)
