"""Puts a wish into words: a list of concept names in the order a person might say them."""

from scenes import pick


def say_wish(rng, wish, fixed=()):
    """Concepts for a whole wish: subjects with their words, scene-wide words before or after, commas and 'and' now and
    then.

    Now and then a word that means nothing here stands before. `fixed` are clauses said as they are
    (references, 'it is night'...), each a list of concepts.
    """
    clauses = [c for c in (_say_global(rng, wish, key) for key in ("place", "time", "weather", "shot", "style", "move"))
        if c]
    clauses += list(fixed)
    rng.shuffle(clauses)
    subjects = _say_subjects(rng, wish)
    if rng.random() < .08:
        clauses.append(_say_absent(rng, wish))
    if rng.random() < .06:
        subjects = [pick(rng, ["image", "make", "it", "move", "comma", "style word"])] + subjects
    cut = rng.randint(0, len(clauses)) if rng.random() < .5 else 0
    parts = clauses[:cut] + ([subjects] if subjects else []) + clauses[cut:]
    return join(rng, parts)


def join(rng, parts):
    """Clauses in a row, some with a comma or 'and' between."""
    words = []
    for i, part in enumerate(parts):
        if i:
            chance = rng.random()
            words += ["comma"] if chance < .4 else ["and"] if chance < .5 else []
        words += part
    return words


def say_group(rng, group, position=True):
    """One group of subjects: words before the noun, the noun, words after it."""
    before, after = [], []
    if group["count"] > 1:
        before.append(f"count:{group['count']}")
    elif rng.random() < .08:
        before.append("count:1")
    adjectives = []
    if "size" in group:
        adjectives.append([f"size:{group['size']}"])
    if "colour" in group:
        adjectives.append(([f"shade:{group['shade']}"] if "shade" in group else []) + [f"colour:{group['colour']}"])
    if "texture" in group:
        adjectives.append([f"texture:{group['texture']}"])
    rng.shuffle(adjectives)
    late = adjectives.pop() if adjectives and rng.random() < .12 else []
    before += [word for adjective in adjectives for word in adjective]
    noun = "people" if group["kind"] == "person" and group[
        "count"] == 2 and rng.random() < .3 else f"kind:{group['kind']}"
    if noun == "people" and rng.random() < .3 and before:
        before = before[1:]
    if "pose" in group and not (group.get("motion") == "walks" and group["pose"] == "walk"):
        after.append([f"pose:{group['pose']}"])
    elif "pose" in group:
        after.append([])
    if "motion" in group:
        after.append([f"motion:{group['motion']}"])
    if "facing" in group:
        after.append([group["facing"].replace(" ", ":")])
    if position:
        where = _where(rng, group)
        if where:
            after.append((["comma"] if rng.random() < .2 else []) + where)
    rng.shuffle(after)
    early = after.pop() if after and rng.random() < .15 else []
    separator = ["comma"] if early and rng.random() < .5 else []
    return early + separator + before + [noun] + late + [word for part in after for word in part]


def _where(rng, group):
    across, along = group.get("across"), group.get("along")
    if across == along == "centre":
        return ["at:centre"]
    words = [f"at:{word}" for word in (along, across) if word]
    if rng.random() < .3:
        words.reverse()
    return words


def _say_subjects(rng, wish):
    groups = list(wish["groups"])
    if not groups:
        return []
    if wish.get("relation"):
        said = say_group(rng, groups[0]) + [f"rel:{wish['relation']}"] + say_group(rng, groups[1])
        return said + [word for group in groups[2:] for word in ["and"] + say_group(rng, group)]
    words = say_group(rng, groups[0])
    for group in groups[1:]:
        words += ["and" if rng.random() < .7 else "comma"] + say_group(rng, group)
    return words


def _say_global(rng, wish, key):
    value = wish.get(key)
    if value is None:
        return None
    if key == "place" and "ground" in wish:
        shade = [f"shade:{wish['ground_shade']}"] if "ground_shade" in wish else []
        return shade + [f"colour:{wish['ground']}", f"place:{value}"]
    if (key, value) == ("place", "snowfield") and "weather" not in wish and wish.get("snow") or (key,
            value) == ("weather", "snow") and rng.random() < .3:
        return ["snow"]
    return [f"{key}:{value}"]


def _say_absent(rng, wish):
    """'no rain', 'without a dog': something the scene has not."""
    present = {group["kind"] for group in wish["groups"]}
    while True:
        kind, weather = pick(rng, ABSENT_KINDS), pick(rng, ["rain", "snow", "fog"])
        if rng.random() < .6 and kind not in present:
            return ["no", f"kind:{kind}"]
        if wish.get("weather") != weather:
            return ["no", f"weather:{weather}"]


ABSENT_KINDS = ["tree", "cloud", "person", "dog", "house", "car", "bird", "moon", "sun", "cat", "boat", "star"]
