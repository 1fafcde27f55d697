"""Misspellings that one letter's difference alone would give to the wrong word: they are listed, so that the first
letter decides."""


def one_off(a, b):
    """Whether two words are the same or one letter apart (added, dropped, changed, swapped)."""
    if a == b:
        return True
    i = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return a[i + 1:] == b[i:] or a[i:] == b[i + 1:] or a[i + 1:] == b[i + 1:] or a[i:i + 2] == b[i:i + 2][::-1] and a[i
        + 2:] == b[i + 2:]


def ambiguous(words, ignored, shortest):
    """Typo -> id for dropped, doubled and swapped letters whose alphabetically first neighbour means something else."""
    listed = {}
    for word, number in words.items():
        for typo in _slips(word):
            if len(typo) < shortest or typo in words or typo in ignored or typo in listed:
                continue
            near = sorted(w for w in words if abs(len(w) - len(typo)) < 2 and one_off(w, typo))
            if near and words[near[0]] != number and near[0][0] != word[0] and typo[0] == word[0]:
                listed[typo] = number
    return listed


def _slips(word):
    for i in range(1, len(word)):
        yield word[:i] + word[i + 1:]
        yield word[:i] + word[i] + word[i:]
        if i + 1 < len(word):
            yield word[:i] + word[i + 1] + word[i] + word[i + 2:]
