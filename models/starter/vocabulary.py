"""The words of the starter: every class a scene can have, and every English form that names it."""

import typos

FUZZY = 4
KINDS = ["empty", "circle", "square", "triangle", "star", "ring", "heart", "diamond", "cross", "moon", "sun", "cloud",
         "tree", "house", "car", "boat", "mountain", "person", "dog", "bird", "table", "lamp", "door", "window",
         "cat", "fish", "flower", "rocket"]
COLOURS = ["natural", "red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "brown", "white", "grey",
    "black"]
SHADES = ["mid", "light", "dark"]
TEXTURES = ["plain", "dotted", "striped", "checked"]
POSES = ["stand", "walk", "sit", "point", "wave"]
MOTIONS = ["still", "left", "right", "up", "down", "walks", "grows", "shrinks", "rotates", "falls", "bounces"]
FACINGS = ["facing right", "facing left"]
DEPTHS = ["behind", "middle", "front"]
SHOTS = ["medium", "extreme wide", "wide", "close-up", "over the shoulder"]
MOVES = ["static", "pan left", "pan right", "tilt up", "tilt down", "zoom in", "zoom out", "handheld"]
PLACES = ["plain", "gradient", "beach", "meadow", "snowfield", "desert", "city", "street", "room", "forest", "sea",
          "night sky", "stage"]
TIMES = ["day", "dawn", "sunset", "night"]
WEATHERS = ["clear", "rain", "snow", "fog"]
STYLES = ["flat", "ink outline", "pencil", "charcoal", "blueprint", "silhouette", "pixel", "film grain"]
SIZES = ["small", "big"]
ROLES = ["scene", "source", "subject", "style", "pose", "palette", "texture", "first_frame", "last_frame"]

GROUND_KINDS = {"tree", "house", "car", "person", "dog", "table", "lamp", "door", "cat", "flower"}
SKY_KINDS = {"moon", "sun", "cloud", "bird"}
LIVING_KINDS = {"person", "dog", "bird", "cat", "fish"}

_NOUNS = {
    "circle": "circle ball sphere disc disk dot orb balloon", "square": "square box cube block crate",
    "triangle": "triangle pyramid", "star": "star", "ring": "ring hoop donut doughnut", "heart": "heart",
    "diamond": "diamond rhombus gem", "cross": "cross plus", "moon": "moon crescent", "sun": "sun", "cloud": "cloud",
    "tree": "tree oak", "house": "house home cottage hut cabin building", "car": "car automobile taxi sedan",
    "boat": "boat ship sailboat yacht", "mountain": "mountain peak hill",
    "person": "person human man woman boy girl child kid guy lady figure character someone actor worker hero walker",
    "dog": "dog puppy hound", "bird": "bird seagull gull crow pigeon sparrow", "table": "table desk",
    "lamp": "lamp lantern streetlight lamppost", "door": "door doorway gate", "window": "window",
    "cat": "cat kitten", "fish": "fish", "flower": "flower tulip daisy", "rocket": "rocket spaceship",
}
_ODD_PLURALS = {"box": "boxes", "cross": "crosses", "person": "persons", "man": "men", "woman": "women",
    "child": "children",
                "lady": "ladies", "puppy": "puppies", "fish": "fishes", "hero": "heroes", "daisy": "daisies",
                "plus": "pluses",
                "someone": "someone", "disc": "discs"}
_FORMS = {
    "colour:red": "red crimson scarlet ruby", "colour:orange": "orange tangerine amber",
    "colour:yellow": "yellow golden gold lemon",
    "colour:green": "green emerald lime olive", "colour:cyan": "cyan turquoise teal aqua",
    "colour:blue": "blue navy azure cobalt",
    "colour:purple": "purple violet lilac magenta", "colour:pink": "pink rose salmon",
    "colour:brown": "brown chocolate tan",
    "colour:white": "white ivory", "colour:grey": "grey gray silver", "colour:black": "black ebony",
    "shade:light": "light lighter brighter pale bright pastel|light coloured|lightly coloured",
    "shade:dark": "dark darker deep|dark coloured",
    "texture:plain": "plain unpatterned|solid colour|solid color",
    "texture:dotted": "dotted spotted dots spots|polka dot|polka dots|polka dotted",
    "texture:striped": "striped stripes stripy banded",
    "texture:checked": "checked checkered chequered checks checkerboard plaid",
    "pose:stand": "stand stands standing", "pose:walk": "stroll strolls strolling|in mid step",
    "pose:sit": "sit sits sitting seated", "pose:point": "point points pointing",
    "pose:wave": "wave waves waving",
    "facing:right": "|facing right|looking right|faces right|looks right|facing to the right|looking to the right",
    "facing:left": "|facing left|looking left|faces left|looks left|facing to the left|looking to the left",
    "size:small": "small little tiny mini", "size:big": "big large huge giant",
    "at:left": "left|on the left|at the left|to the left|on the left side|at the left side|on the left hand side|at "
               "left|left side|far left",
    "at:right": "right|on the right|at the right|to the right|on the right side|at the right side|on the right hand "
                "side|at right|right side|far right",
    "at:top": "top upper|at the top|on top|in the sky|at top|high up|up high|upper part|top of the frame|top of the "
              "picture",
    "at:bottom": "bottom lower|at the bottom|low down|at bottom|down low|lower part|bottom of the frame|bottom of the "
                 "picture",
    "at:centre": "centre center middle central centred centered|in the centre|in the center|in the middle|at the "
                 "centre|at the center|in the centre of the|in the center of the|in the middle of the|middle of the "
                 "frame|in the centre of|in the middle of",
    "rel:left of": "|left of|to the left of|on the left of|at the left of|left hand of",
    "rel:right of": "|right of|to the right of|on the right of|at the right of|right hand of",
    "rel:above": "above over|on top of|higher than", "rel:below": "below under beneath underneath|lower than",
    "rel:in front of": "before|in front of|in the front of", "rel:behind": "behind|in back of|at the back of",
    "rel:beside": "beside near|next to|close to|together with|along with|by the side of",
    "count:1": "one 1 single", "count:2": "two 2 couple pair both|a couple of|a pair of|pair of|couple of",
    "count:3": "three 3 trio", "count:4": "four 4", "count:5": "five 5",
    "people": "people persons crowd",
    "place:plain": "background backdrop|plain background|plain backdrop|plain colour|plain color|solid "
                   "background|empty background",
    "place:gradient": "gradient|gradient background|soft gradient|colour gradient|color gradient|gradient backdrop",
    "place:beach": "beach seaside shore coast|sandy beach",
    "place:meadow": "meadow field grass grassland lawn park garden pasture",
    "place:snowfield": "snowfield snowy tundra|snow field|snowy field|snowy landscape|snow landscape|snowy ground|on "
                       "snow|snow covered|on the snow|winter landscape",
    "place:desert": "desert dunes dune sahara", "place:city": "city skyline downtown town|city skyline",
    "place:street": "street road avenue alley|city street",
    "place:room": "room indoors interior inside bedroom|living room",
    "place:forest": "forest woods wood woodland jungle",
    "place:sea": "sea ocean|open sea|on the water|on water",
    "place:night sky": "space|night sky|starry sky|outer space|starry night|sky full of stars",
    "place:stage": "stage theatre theater podium spotlight|on stage",
    "time:dawn": "dawn sunrise daybreak|early morning",
    "time:day": "day sunny daytime daylight noon midday afternoon morning|by day|during the day|in daylight|broad "
                "daylight",
    "time:sunset": "sunset dusk evening twilight|golden hour",
    "time:night": "night midnight nighttime nightfall moonlit|at night|by night|night time",
    "weather:rain": "rain rainy raining storm stormy downpour drizzle|in the rain",
    "weather:snow": "snowing snowfall blizzard snowflakes|falling snow|light snow|heavy snow|snow falls|snow falling",
    "snow": "snow|in the snow|in snow",
    "weather:fog": "fog foggy mist misty haze hazy",
    "weather:clear": "clear|clear weather|clear sky|dry weather|good weather|fine weather",
    "shot:extreme wide": "|extreme wide|extreme wide shot|extreme long shot|very wide shot|very wide|establishing "
                         "shot|ews",
    "shot:wide": "wide|wide shot|long shot|wide angle|full shot|wide view",
    "shot:medium": "medium|medium shot|mid shot|waist shot|medium view",
    "shot:close-up": "closeup|close up|close up shot|close up of|close up view|tight shot|close shot|extreme close "
                     "up|big close up",
    "shot:over the shoulder": "ots|over the shoulder|over shoulder|over the shoulder shot|over shoulder shot|over the "
                              "shoulder of|over the shoulder view",
    "style:flat": "flat|flat style|flat colours|flat colors|flat design|flat illustration|vector style|flat "
                  "colour|flat color",
    "style:ink outline": "ink outline outlined inked|ink outline|ink outlines|ink drawing|ink style|in ink|pen and "
                         "ink|line art|line drawing|comic style|bold outlines|ink outline style|outline style",
    "style:pencil": "pencil sketch sketched|pencil sketch|pencil drawing|pencil style|in pencil|coloured "
                    "pencil|colored pencil|hand drawn",
    "style:charcoal": "charcoal|charcoal drawing|charcoal sketch|charcoal style|in charcoal",
    "style:blueprint": "blueprint|blueprint style|technical drawing|as a blueprint|blueprint drawing",
    "style:silhouette": "silhouette silhouettes silhouetted|silhouette style|in silhouette|as a silhouette|shadow play",
    "style:pixel": "pixel pixelated pixels|pixel art|pixel style|8 bit|pixel art style|low res|retro game",
    "style:film grain": "grain grainy|film grain|film grain style|grainy film|35mm film|analog film|analogue film|old "
                        "film",
    "motion:still": "still motionless stationary|does not move|stands still|not moving|holds still",
    "motion:walks": "walk walks walking run runs running",
    "motion:grows": "grows growing grow expands expanding swells|gets bigger|getting bigger|gets larger|becomes "
                    "bigger|becomes larger|gets big",
    "motion:shrinks": "shrinks shrinking shrink|gets smaller|getting smaller|becomes smaller|gets small",
    "motion:rotates": "rotates rotating rotate spins spinning spin turns turning twirls|turns around|spins around",
    "motion:falls": "falls falling fall drops dropping|falls down|falling down|drops down|drops to the ground",
    "motion:bounces": "bounces bouncing bounce hops hopping jumps jumping|jumps up and down|bounces up and down|hops "
                      "up and down",
    "move:static": "static|static camera|locked camera|camera is still|still camera|fixed camera|static shot|camera "
                   "does not move|locked off|locked off shot|camera holds still",
    "move:zoom in": "|zoom in|zooms in|zooming in|camera zooms in|push in|pushes in|camera pushes in|dolly in|slow "
                    "zoom in|zooms in slowly|camera moves in|camera zooming in|slowly zooms in",
    "move:zoom out": "|zoom out|zooms out|zooming out|camera zooms out|pull out|pulls out|pull back|pulls back|camera "
                     "pulls back|dolly out|slow zoom out|zooms out slowly|camera zooming out|slowly zooms out|camera "
                     "pulls out",
    "move:handheld": "handheld shaky|hand held|handheld camera|hand held camera|shaky camera|camera shakes",
    "and": "and with plus",
    "comma": ",|picture of|image of|photo of|drawing of|sketch of|illustration of|panel of|view of|shot of|scene "
             "of|clip of|video of|kind of|sort of|lots of",
             "no": "no without not never none|free of|there is no|there are no",
    "make": "make makes paint colour color recolour recolor give", "into": "to into become becomes",
    "change": "change changes turn swap switch replace exchange", "move": "move shift put place bring drag",
    "add": "add adds insert include introduce",
    "remove": "remove removes delete erase drop|take away|get rid of|take out",
    "bigger": "bigger larger enlarge taller|scale up", "smaller": "smaller|scale down",
    "it": "it this that them same subject object one thing", "image": "image picture reference photo photograph frame",
    "style word": "style look", "palette word": "palette colours colors", "texture word": "texture pattern",
    "pose word": "pose",
}
_DIRECTION_VERBS = ("moves moving goes going slides sliding travels travelling drifts drifting flies flying floats "
                    "floating drives driving sails sailing rolls rolling swims swimming glides gliding")
_DIRECTIONS = {"left": ["left", "to the left", "towards the left", "leftward", "leftwards", "from right to left"],
               "right": ["right", "to the right", "towards the right", "rightward", "rightwards", "from left to right"],
               "up": ["up", "upwards", "upward"], "down": ["down", "downwards", "downward"]}
_CAMERA_VERBS = {"pan": ["pan", "pans", "panning"], "tilt": ["tilt", "tilts", "tilting"]}
IGNORED = ("a an corner the of in on at is are was were be being there has have its his her their which who while as "
           "very quite so some "
           "scene shot view drawing illustration storyboard panel clip video film animation please camera slowly "
           "quickly gently shows "
           "showing show see we side edge for by from off then just also only colored coloured across through during "
           "our your my i you me all everything each every these those like using use keep keeps weather time s "
           "around art "
           "full body simple nice beautiful pretty lovely cute cosy old young new story board rest part version "
           "toward towards "
           "draw draws drawn create creates created generate generated render rendered depict depicts depicting "
           "featuring want need would could should will can let here now always "
           "against onto upon within where when but or than too up down back out").split()


def _plural(word):
    return _ODD_PLURALS.get(word, word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s"))


def forms():
    """Concept name -> list of surface forms (a form with spaces is a phrase), in a fixed order."""
    table = {f"kind:{kind}": [] for kind in KINDS[1:]}
    for kind, words in _NOUNS.items():
        for word in words.split():
            table[f"kind:{kind}"] += [word, _plural(word)]
    for concept, text in _FORMS.items():
        words, *phrases = text.split("|")
        table[concept] = words.split() + [p for p in phrases if p]
    for way, endings in _DIRECTIONS.items():
        table[f"motion:{way}"] = [f"{verb} {end}" for verb in _DIRECTION_VERBS.split() for end in endings
            if len(end.split()) < 5]
        for verb, spellings in _CAMERA_VERBS.items():
            concept = f"move:{verb} {way}"
            if concept.split(":")[1] in MOVES:
                plain = [f"{s} {end}" for s in spellings for end in endings
                    if end.split()[0] in (way, "to", way + "wards")]
                table[concept] = plain + [f"camera {form}" for form in plain if len(form.split()) < 5]
    table["motion:up"] += ["rises", "rising", "rise", "ascends", "lifts off"]
    table["motion:down"] += ["sinks", "sinking", "descends"]
    for extra in ("moving", "moves", "camera moves", "camera moving"):
        for way in ("left", "right"):
            if extra.startswith("camera"):
                table[f"move:pan {way}"].append(f"{extra} {way}")
    return table


CONCEPTS = ["pad", "start"] + list(forms())
ID = {name: number for number, name in enumerate(CONCEPTS)}


def lexicon():
    """The tokenizer file the engine reads (see the package contract)."""
    words, phrases = {}, {}
    for concept, names in forms().items():
        for name in names:
            table = phrases if " " in name else words
            table.setdefault(name, ID[concept])
            if concept.startswith("at:") and len(name.split()) < 5:
                phrases.setdefault(f", {name}", ID[concept])
    ignored = sorted(set(IGNORED) - set(words))
    words.update(typos.ambiguous(words, set(ignored), FUZZY))
    return {"version": 1, "max_tokens": 64, "pad": 0, "start": 1, "ignore": ignored,
            "phrases": dict(sorted(phrases.items())), "words": dict(sorted(words.items())), "fuzzy_min_length": FUZZY}
