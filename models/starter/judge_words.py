"""The judge's rows for words: kinds, colours, places, positions, relations, counts, shots, styles, motion, seeds,
unknown words."""

import numpy as np

import eyes as look
import layout as l
import prompts as p
import scenes
import vocabulary as v

KINDS = [k for k in v.KINDS if k in p.NOUNS]
F = l.FIRST


class Words:
    """Each row is a method: it makes one case from a random generator, yields what it wants rendered, and returns
    whether the picture is right."""

    def __init__(self, engine, eyes):
        self.engine, self.eyes = engine, eyes

    def make(self, rng, prompt, references=(), negative=""):
        """Ask for a picture (the runner answers many at once): the picture, the scene as the decoder understands it,
        the tokens."""
        latent = yield prompt, references, negative, rng.randrange(1 << 30)
        return self.eyes.look(latent), l.to_classes(latent[0]), latent

    def only(self, classes, number=1):
        """The tokens in view, if there are exactly so many."""
        seen = self.eyes.subjects(classes)
        return seen if len(seen) == number else None

    def is_kind(self, picture, classes, token, kind):
        """The subject is drawn as this kind and not as any other."""
        return self.eyes.chosen(picture, classes, token, "kind", v.KINDS.index(kind), range(1, len(v.KINDS)))

    def is_colour(self, picture, classes, token, colour):
        """The subject has this colour, against all rivals and by its own pixels."""
        rivals = self.eyes.chosen(picture, classes, token, "colour", v.COLOURS.index(colour), range(1, len(v.COLOURS)))
        if not rivals:
            return False
        mask = look.solid(self.eyes.mask(classes, token))
        return colour in look.main_colours(picture, mask, 3)

    def _one(self, rng, kind, colour):
        picture, classes, _ = yield from self.make(rng, p.dress(rng, p.thing(rng, kind, colour)))
        seen = self.only(classes)
        return bool(seen) and self.is_kind(picture, classes, seen[0], kind) and self.is_colour(picture, classes,
            seen[0], colour)

    def seen_pair(self, rng):
        """Kind and colour of one subject, pairs seen in training."""
        while True:
            pair = rng.choice(KINDS), rng.choice(v.COLOURS[1:])
            if pair not in scenes.HELD_OUT:
                return (yield from self._one(rng, *pair))

    def held_out_pair(self, rng):
        """Kind and colour of one subject, pairs held out of training."""
        return (yield from self._one(rng, *rng.choice(sorted(scenes.HELD_OUT))))

    def place_and_time(self, rng):
        """Place and time of day."""
        place = rng.choice(list(p.PLACES))
        time = rng.choice(v.TIMES) if place not in ("night sky", "plain") else None
        picture, classes, _ = yield from self.make(rng,
            p.dress(rng, p.thing(rng, rng.choice(KINDS)), p.say(rng, p.PLACES, place),
            time and p.say(rng, p.TIMES, time)))
        good = self.eyes.chosen(picture, classes, l.PLACE, "place", v.PLACES.index(place), range(len(v.PLACES)))
        return good and (time is None or self.eyes.chosen(picture, classes, l.PLACE, "time", v.TIMES.index(time),
            range(len(v.TIMES))))

    def position(self, rng):
        """Position words, measured on the subject's own pixels."""
        spots = rng.choice([["left"], ["right"], ["top"], ["bottom"], ["centre"], ["top", "left"], ["bottom", "right"]])
        words = " ".join(spots) if len(spots) > 1 else None
        kind = rng.choice([k for k in KINDS if k != "mountain"])
        picture, classes, _ = yield from self.make(rng,
            p.dress(rng, p.thing(rng, kind, rng.choice(v.COLOURS[1:])),
            f"at the {words}" if words else p.say(rng, p.SPOTS, spots[0])))
        seen = self.only(classes)
        if not seen:
            return False
        x, y = look.centre(self.eyes.mask(classes, seen[0]))
        return all({"left": x < .38, "right": x > .62, "top": y < .42, "bottom": y > .58,
            "centre": abs(x - .5) < .1 and abs(y - .5) < .14}[s] for s in spots)

    def size(self, rng):
        """'small' and 'big', measured as height on the picture."""
        word = rng.choice(v.SIZES)
        picture, classes, _ = yield from self.make(rng,
            p.dress(rng, p.thing(rng, rng.choice(KINDS), rng.choice(v.COLOURS[1:]), p.say(rng, p.SIZES, word))))
        seen = self.only(classes)
        if not seen:
            return False
        left, top, right, bottom = look.box(look.solid(self.eyes.mask(classes, seen[0])))
        return bottom - top < .27 if word == "small" else bottom - top > .36

    def relation(self, rng):
        """Two subjects, both right, and where they stand to each other."""
        first, second = rng.sample([k for k in KINDS if k != "mountain"], 2)
        colours, how = rng.sample(v.COLOURS[1:], 2), rng.choice(list(p.RELATIONS))
        picture, classes, _ = yield from self.make(rng,
            p.dress(rng, " ".join([p.thing(rng, first, colours[0]), p.say(rng, p.RELATIONS, how),
            p.thing(rng, second, colours[1])])))
        seen = self.only(classes, 2)
        if not seen:
            return False
        a = next((t for t in seen if l.get(classes, t, "kind") == v.KINDS.index(first)), None)
        b = next((t for t in seen if t != a), None)
        if a is None or not all(self.is_kind(picture, classes, t, k)
                and self.eyes.chosen(picture, classes, t, "colour", v.COLOURS.index(c), range(1, 13)) for t, k,
                c in ((a, first, colours[0]), (b, second, colours[1]))):
            return False
        (ax, ay), (bx, by) = look.centre(self.eyes.mask(classes, a)), look.centre(self.eyes.mask(classes, b))
        if how in ("in front of", "behind"):
            front, back = (a, b) if how == "in front of" else (b, a)
            return l.get(classes, front, "depth") > l.get(classes, back,
                "depth") or look.box(self.eyes.mask(classes, front))[3] > look.box(self.eyes.mask(classes,
                back))[3] + .03
        return {"left of": bx - ax > .1, "right of": ax - bx > .1, "above": by - ay > .12, "below": ay - by > .12}[how]

    def count(self, rng):
        """Two to four of a kind: so many, all of that kind and colour, none hidden."""
        number, kind, colour = rng.choice([2, 3, 4]), rng.choice([k for k in KINDS
            if k not in ("mountain", "car")]), rng.choice(v.COLOURS[1:])
        picture, classes, _ = yield from self.make(rng,
            p.dress(rng, f"{p.say(rng, p.NUMBERS, number)} {colour} {p.noun(rng, kind, many=True)}",
            rng.random() < .3 and p.say(rng, p.PLACES, rng.choice(["meadow", "beach", "plain"]))))
        seen = self.only(classes, number)
        if not seen or not all(self.eyes.chosen(picture, classes, t, "kind", v.KINDS.index(kind),
                [rng.randrange(1, len(v.KINDS)) for _ in range(4)])
                and l.get(classes, t, "colour") == v.COLOURS.index(colour) for t in seen):
            return False
        masks = [look.solid(self.eyes.mask(classes, t)) for t in seen]
        return sum(m.sum() for m in masks) < 1.6 * np.logical_or.reduce(masks).sum()

    def three_groups(self, rng):
        """Three kinds, each so often as asked: one or two of the first, one of the others."""
        kinds, many = rng.sample([k for k in KINDS if k != "mountain"], 3), rng.random() < .5
        first = f"two {p.noun(rng, kinds[0], many=True)}" if many else p.thing(rng, kinds[0])
        things = [first, *[p.thing(rng, kind, rng.choice(v.COLOURS[1:])) for kind in kinds[1:]]]
        rng.shuffle(things)
        _, classes, _ = yield from self.make(rng, " and ".join(things))
        said = [v.KINDS[l.get(classes, t, "kind")] for t in self.eyes.subjects(classes)]
        return sorted(said) == sorted(kinds + kinds[:1] * many)

    def shot(self, rng):
        """Shot sizes."""
        shot = rng.choice(v.SHOTS)
        picture, classes, _ = yield from self.make(rng,
            p.dress(rng, p.thing(rng, rng.choice(KINDS)), p.say(rng, p.SHOTS, shot),
            rng.random() < .5 and p.say(rng, p.PLACES, rng.choice(list(p.PLACES)))))
        return self.eyes.chosen(picture, classes, l.CAMERA, "shot", v.SHOTS.index(shot), range(len(v.SHOTS)))

    def style(self, rng):
        """Styles."""
        style = rng.choice(v.STYLES)
        picture, classes, _ = yield from self.make(rng,
            p.dress(rng, p.thing(rng, rng.choice(KINDS), rng.choice(["", "red", "blue"])), p.say(rng, p.STYLES, style),
            rng.random() < .5 and p.say(rng, p.PLACES, rng.choice(list(p.PLACES)))))
        return self.eyes.chosen(picture, classes, l.LOOK, "style", v.STYLES.index(style), range(len(v.STYLES)))

    def motion(self, rng):
        """Direction of motion and of the camera, on three frames."""
        motion, move = rng.choice(list(p.MOTIONS)), rng.choice(list(p.MOVES) + [None] * 6)
        kind = rng.choice(["person", "dog", "cat", "bird"] if motion == "walks" else KINDS)
        text = p.dress(rng, f"{p.thing(rng, kind, rng.choice(v.COLOURS[1:]))} {p.say(rng, p.MOTIONS, motion)}",
            move and p.say(rng, p.MOVES, move))
        _, classes, latent = yield from self.make(rng, text)
        time = dict(seconds=1.3, duration=2.0)
        seen = self.only(classes)
        if not seen:
            return False
        frame = self.eyes.look(latent, **time)
        rivals = [m for m in range(len(v.MOTIONS)) if not (kind in ("circle", "ring") and m == 8)]
        asked = v.MOTIONS.index(motion)
        if not (kind in ("circle", "ring") and motion == "rotates") and not self.eyes.chosen(frame, classes, seen[0],
                "motion", asked, rivals, **time):
            return False
        if move and not self.eyes.chosen(frame, classes, l.CAMERA, "move", v.MOVES.index(move),
                [v.MOVES.index(m) for m in p.MOVES], **time):
            return False
        still = classes.copy()
        l.put(still, l.CAMERA, move=0)
        start, end = self.eyes.mask(still, seen[0]), self.eyes.mask(still, seen[0], **time)
        if end.sum() < 8:
            return False
        (sx, sy), (ex, ey) = look.centre(start), look.centre(end)
        return {"left": ex < sx - .05, "right": ex > sx + .05, "up": ey < sy - .05, "down": ey > sy + .05,
            "falls": ey > sy + .02, "grows": end.sum() > start.sum() * 1.2,
            "shrinks": end.sum() < start.sum() * .8}.get(motion, True)

    def same_subject(self, rng):
        """The same subject in every frame of a clip: its kind and its colour by pixels, at the start, in the middle,
        at the end."""
        kind, colour = rng.choice(KINDS), rng.choice(v.COLOURS[1:])
        motion, move = rng.choice(["left", "right", "grows", "bounces"]), rng.choice(["static", "pan left", "zoom in"])
        _, classes, latent = yield from self.make(rng,
            p.dress(rng, f"{p.thing(rng, kind, colour)} {p.say(rng, p.MOTIONS, motion)}", p.say(rng, p.MOVES, move)))
        seen = self.only(classes)
        if not seen:
            return False
        shares = []
        for seconds in (0.0, .7, 1.4):
            time = dict(seconds=seconds, duration=2.0)
            mask = look.solid(self.eyes.mask(classes, seen[0], **time))
            if mask.sum() < 8 or not self.eyes.chosen(self.eyes.look(latent, **time), classes, seen[0], "kind",
                    v.KINDS.index(kind), [rng.randrange(1, len(v.KINDS)) for _ in range(5)], **time):
                return False
            shares.append(look.main_colours(self.eyes.draw(classes, **time), mask, 3))
        return all(colour in share for share in shares)

    def seeds(self, rng):
        """Eight seeds of one prompt: at least five clearly different compositions (subject elsewhere, or another size,
        or another background)."""
        prompt = p.dress(rng, p.thing(rng, rng.choice(KINDS), rng.choice(v.COLOURS[1:])),
            rng.random() < .5 and p.say(rng, p.PLACES, rng.choice(list(p.PLACES))))
        kept = []
        for _ in range(8):
            picture, classes, _ = yield from self.make(rng, prompt)
            mask = np.logical_or.reduce([self.eyes.mask(classes, t) for t in self.eyes.subjects(classes)]
                or [np.zeros((look.HIGH, look.WIDE), bool)])
            if all((mask & m).sum() < .4 * (mask | m).sum() or np.abs(picture - q).mean() > .1 for m, q in kept):
                kept.append((mask, picture))
        return len(kept) >= 5

    def unknown(self, rng):
        """Words it does not know are named, all of them and only them."""
        strange = rng.sample(["dragon", "unicorn", "helicopter", "volcano", "pirate", "kangaroo", "umbrella", "samurai",
            "waterfall", "submarine", "giraffe", "astronaut"], rng.choice([1, 2]))
        core = p.dress(rng, p.thing(rng, rng.choice(KINDS), rng.choice(v.COLOURS[1:])),
            *["with a " + s for s in strange], p.say(rng, p.PLACES, rng.choice(list(p.PLACES))))
        return sorted(self.engine.tokenizer(core)[1]) == sorted(strange)

    def negative(self, rng):
        """What the negative prompt names is not there."""
        place, weather = rng.choice(["street", "meadow", "city", "beach"]), rng.choice(["rain", "snow", "fog"])
        _, classes, _ = yield from self.make(rng, p.dress(rng, p.thing(rng, rng.choice(KINDS)),
            p.say(rng, p.PLACES, place)), negative={"rain": "rain", "snow": "snowing", "fog": "fog"}[weather])
        return l.get(classes, l.PLACE, "weather") != v.WEATHERS.index(weather)
