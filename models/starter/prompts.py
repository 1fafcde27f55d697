"""English prompts for the judge, written apart from the training captions: articles, synonyms, plurals, fillers, any
order."""

NOUNS = {"circle": ["circle", "ball", "disc"], "square": ["square", "box"], "triangle": ["triangle"], "star": ["star"],
    "ring": ["ring", "hoop"], "heart": ["heart"], "diamond": ["diamond"], "cross": ["cross"], "moon": ["moon"],
         "sun": ["sun"], "cloud": ["cloud"], "tree": ["tree"], "house": ["house", "cottage"], "car": ["car"],
         "boat": ["boat", "sailboat"], "mountain": ["mountain"], "person": ["person", "man", "woman", "girl"],
         "dog": ["dog", "puppy"],
         "bird": ["bird"], "table": ["table", "desk"], "lamp": ["lamp"], "door": ["door"], "window": ["window"],
         "cat": ["cat", "kitten"], "fish": ["fish"], "flower": ["flower", "tulip"], "rocket": ["rocket", "spaceship"]}
ODD = {"person": "people", "man": "men", "woman": "women", "box": "boxes", "cross": "crosses", "fish": "fish",
    "puppy": "puppies"}
PLACES = {"plain": ["on a plain background"], "gradient": ["on a gradient background", "in front of a soft gradient"],
    "beach": ["on a beach", "at the seaside"], "meadow": ["in a meadow", "in a field"],
    "snowfield": ["in a snowy field", "on a snowfield"],
          "desert": ["in the desert"], "city": ["in the city", "in a town"], "street": ["on a street", "in the street"],
          "room": ["in a room", "indoors"], "forest": ["in a forest", "in the woods"],
          "sea": ["at sea", "on the ocean"],
          "night sky": ["in the night sky", "in space"], "stage": ["on a stage", "on stage"]}
TIMES = {"day": ["by day", "in daylight"], "dawn": ["at dawn", "at sunrise"], "sunset": ["at sunset", "at dusk"],
    "night": ["at night"]}
SHOTS = {"extreme wide": ["extreme wide shot"], "wide": ["wide shot", "long shot"], "medium": ["medium shot"],
    "close-up": ["close-up", "close up shot"], "over the shoulder": ["over the shoulder shot", "over-the-shoulder"]}
STYLES = {"flat": ["flat style", "flat colours"], "ink outline": ["ink outline", "line art"],
    "pencil": ["pencil drawing", "as a pencil sketch"], "charcoal": ["charcoal", "in charcoal"],
    "blueprint": ["blueprint", "as a blueprint"],
          "silhouette": ["silhouette", "in silhouette"], "pixel": ["pixel art"],
          "film grain": ["film grain", "grainy film"]}
SPOTS = {"left": ["on the left", "at the left side"], "right": ["on the right", "on the right side"],
    "top": ["at the top"], "bottom": ["at the bottom"], "centre": ["in the centre", "in the middle"]}
RELATIONS = {"left of": ["to the left of", "left of"], "right of": ["to the right of", "right of"],
    "above": ["above", "over"], "below": ["below", "under"], "in front of": ["in front of"], "behind": ["behind"]}
SIZES = {"small": ["small", "tiny"], "big": ["big", "large"]}
NUMBERS = {2: ["two", "2"], 3: ["three"], 4: ["four"]}
TEXTURES = {"dotted": ["dotted", "spotted"], "striped": ["striped"], "checked": ["checked", "checkered"]}
MOTIONS = {"left": ["moves left", "slides to the left"], "right": ["moves right", "goes to the right"],
    "up": ["moves up", "rises"], "down": ["moves down", "sinks"], "walks": ["walks", "is walking"],
    "grows": ["grows", "gets bigger"],
           "shrinks": ["shrinks", "gets smaller"], "rotates": ["rotates", "spins"], "falls": ["falls", "falls down"],
           "bounces": ["bounces", "is bouncing"]}
MOVES = {"static": ["static camera"], "pan left": ["camera pans left", "pan left"], "pan right": ["camera pans right"],
    "tilt up": ["camera tilts up"], "tilt down": ["camera tilts down", "tilt down"],
    "zoom in": ["camera zooms in", "slow zoom in"],
         "zoom out": ["camera zooms out"], "handheld": ["handheld camera"]}


def say(rng, table, key):
    """One way to say it."""
    return rng.choice(table[key])


def noun(rng, kind, many=False):
    """The kind as a word, perhaps in the plural."""
    word = say(rng, NOUNS, kind)
    return ODD.get(word, word + "s") if many else word


def thing(rng, kind, colour=None, extra=""):
    """'a small red ball'."""
    words = " ".join(w for w in (extra, colour, noun(rng, kind)) if w)
    return ("an " if words[0] in "aeiou" else "a ") + words


def dress(rng, core, *others):
    """Put the clauses before or after, with commas or without, and a filler now and then."""
    others = [o for o in others if o]
    rng.shuffle(others)
    head = rng.choice(["", "", "", "a picture of ", "please draw "]) if core.startswith(("a ", "an ")) else ""
    text = head + core
    for other in others:
        text = f"{other}, {text}" if rng.random() < .25 else f"{text}{rng.choice([',', '', ','])} {other}"
    return text[0].upper() + text[1:] + ("." if rng.random() < .3 else "")
