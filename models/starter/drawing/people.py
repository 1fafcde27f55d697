"""The person, drawn in five poses: a friendly storyboard figure with coat, trousers, hair and shoes."""

import math

from drawing.strokes import ALWAYS, NO_LINE, OWN_LINE, WALKING, capsule, ellipse, polygon


def _head(x, y):
    return [capsule(x, y + .07, .032, x, y + .12, .034, role="skin"),
        ellipse(x - .008, y - .012, .086, .092, role="hair"),
        ellipse(x + .012, y + .008, .072, .08, role="skin", line=OWN_LINE),
            polygon((x - .075, y - .03), (x - .05, y - .09), (x + .03, y - .1), (x + .085, y - .05),
            (x + .03, y - .045), role="hair", line=NO_LINE, corner=.02),
            ellipse(x + .046, y + .005, .009, .012, role="black", line=NO_LINE),
            ellipse(x + .005, y + .005, .009, .012, role="black", line=NO_LINE),
            capsule(x + .015, y + .047, .005, x + .045, y + .045, role="accent", line=NO_LINE)]


def _limb(x, y, turn, length, thick, thin, role, bend=0.0, **look):
    """Two joined parts hanging from (x, y), turned from straight down; returns strokes and where the end is."""
    a, b = math.radians(turn), math.radians(turn + bend)
    kx, ky = x + length * .5 * math.sin(a), y + length * .5 * math.cos(a)
    ex, ey = kx + length * .5 * math.sin(b), ky + length * .5 * math.cos(b)
    return [capsule(x, y, thick, kx, ky, (thick + thin) / 2, role=role, **look),
        capsule(kx, ky, (thick + thin) / 2, ex, ey, thin, role=role, **look)], (ex, ey)


def _arm(x, y, turn, bend, role, length=.3, **look):
    parts, (ex, ey) = _limb(x, y, turn, length, .036, .027, role, bend, **look)
    return parts + [ellipse(ex, ey, .03, .03, role="skin", line=OWN_LINE, **look)]


def _leg(x, y, turn, bend, role, **look):
    parts, (ex, ey) = _limb(x, y, turn, .37, .05, .034, role, bend, **look)
    return parts + [capsule(ex - .005, ey + .012, .026, ex + .06, ey + .02, .022, role="black", **look)]


def _torso(x, top, bottom):
    return [polygon((x - .085, top), (x + .085, top), (x + .105, top + .06), (x + .095, bottom), (x - .095, bottom),
        (x - .105, top + .06), corner=.025, pattern=1, shade=.2),
            polygon((x - .02, top), (x + .03, top), (x + .008, top + .06), role="white", line=NO_LINE, corner=.006)]


def _upright(back_arm, front_arm, back_leg=(0, 0), front_leg=(0, 0), walk=False):
    swing = {"beat": WALKING} if walk else {}

    def joint(pivot, turn):
        return dict(swing, pivot=pivot, swing=-turn if walk else 0)
    legs = _leg(-.035, .12, *back_leg, "accent dark", **joint((-.035, .12), back_leg[0])), _leg(.035, .12, *front_leg,
        "accent", **joint((.035, .12), front_leg[0]))
    return back_arm + legs[0] + legs[1] + _torso(0, -.27, .15) + _head(.005, -.4) + front_arm


def _stand():
    return _upright(_arm(-.095, -.225, -9, 4, "dark"), _arm(.095, -.225, 9, -2, "main"), (-4, 2), (4, -2))


def _walk():
    return _upright(_arm(-.06, -.225, 30, 18, "dark", beat=WALKING, pivot=(-.06, -.225), swing=-30),
        _arm(.05, -.225, -30, 24, "main", beat=WALKING, pivot=(.05, -.225), swing=30), (-26, -10), (24, -8), walk=True)


def _point():
    return _upright(_arm(-.095, -.225, -9, 4, "dark"), _arm(.08, -.215, 92, 4, "main", length=.36), (-4, 2), (5, -2))


def _wave():
    shoulder = {"pivot": (.17, -.3), "swing": 16, "beat": ALWAYS}
    x, y = .09, -.22
    forearm = [capsule(.19, -.27, .032, .235, -.42, .026, role="main", **shoulder),
        ellipse(.24, -.455, .033, .036, role="skin", line=OWN_LINE, **shoulder)]
    return _upright(_arm(-.095, -.225, -9, 4, "dark"), [capsule(x, y, .036, .19, -.27, .032, role="main")] + forearm,
        (-4, 2), (4, -2))


def _sit():
    seat = [polygon((-.26, .24), (.06, .24), (.06, .3), (-.26, .3), role="wood", corner=.008),
        capsule(-.22, .3, .018, -.24, .5, role="wood"), capsule(.03, .3, .018, .05, .5, role="wood"),
        capsule(-.25, .28, .018, -.27, -.02, role="wood")]
    thighs = [capsule(-.09, .19, .055, .16, .2, .046, role="accent dark"),
        capsule(.16, .2, .042, .18, .46, .034, role="accent dark"),
        capsule(-.08, .2, .055, .2, .2, .046, role="accent"), capsule(.2, .2, .042, .22, .46, .034, role="accent")]
    shoes = [capsule(.17, .475, .024, .24, .478, .021, role="black"),
        capsule(.21, .475, .024, .29, .478, .021, role="black")]
    return seat + _arm(-.1, -.16, 30, 40, "dark") + thighs[:2] + thighs[2:] + shoes + _torso(-.08, -.2,
        .22) + _head(-.07, -.33) + _arm(-.06, -.155, 25, 45, "main")


PEOPLE = {"stand": _stand, "walk": _walk, "sit": _sit, "point": _point, "wave": _wave}
