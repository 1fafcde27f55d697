"""The judge: asks the exported package for pictures and looks at them, row by row; needs no weights of its own and can
fail."""

import argparse
import json
import os
import random
import sys
import time
import types

from engine import Engine
from eyes import Eyes
from judge_pictures import Pictures
from judge_words import Words
from product import Product

# row, bar in percent, what it says
ROWS = [("seen_pair", 97, "kind and colour of one subject, seen pairs"),
    ("held_out_pair", 93, "kind and colour, pairs held out of training"), ("place_and_time", 98, "place, time of day"),
    ("position", 96, "position word"), ("size", 96, "size word"),
        ("relation", 90, "two subjects, both right, relation right"), ("count", 90, "counts two to four"),
        ("three_groups", 0, "three groups, one of them perhaps two of a kind"),
        ("shot", 95, "shot size"), ("style", 95, "style"), ("subject", 90, "reference: subject"),
        ("palette", 90, "reference: palette (mean Lab distance <= 12)"),
        ("style_and_texture", 88, "reference: style and texture"),
        ("edit", 93, "edit: change right, rest within 4/255"), ("motion", 96, "motion and camera direction"),
        ("same_subject", 98, "same subject in all frames"), ("seeds", 95, "eight seeds: at least five compositions"),
        ("unknown", 100, "unknown words named"), ("negative", 90, "negative prompt obeyed"),
        ("first_and_last", 90, "clip between two given frames"),
        ("foreign", 0, "foreign photograph told from own drawing"),
        ("subject_by_eye", 0, "  from the picture alone: subject"),
        ("style_and_texture_by_eye", 0, "  from the picture alone: style and texture"),
        ("edit_by_eye", 0, "  from the picture alone: edit"),
        ("reads_kind", 0, "  the encoder alone: kind of one subject"),
        ("reads_colour", 0, "  the encoder alone: colour of one subject"),
        ("reads_texture", 0, "  the encoder alone: texture of one subject"),
        ("reads_style", 0, "  the encoder alone: style")]
QUICK = {"seen_pair": 8, "held_out_pair": 6, "place_and_time": 5, "position": 5, "size": 4, "relation": 5, "count": 5,
    "shot": 3, "style": 4, "edit": 6, "motion": 4, "seeds": 1, "unknown": 4}
QUICK_BAR = 85


BATCH = 40


def run(judges, engine, name, cases, seed):
    """The share of cases that are right; what the cases ask for is rendered many at a time."""
    method = next(getattr(j, name) for j in judges if hasattr(j, name))
    right = 0
    for first in range(0, cases, BATCH):
        waiting = []
        for case in range(first, min(cases, first + BATCH)):
            verdict = method(random.Random(f"{seed} {name} {case}"))
            if isinstance(verdict, types.GeneratorType):
                waiting.append((verdict, next(verdict)))
            else:
                right += bool(verdict)
        while waiting:
            latents = engine.sample_many([request for _, request in waiting])
            still = []
            for (case, _), latent in zip(waiting, latents):
                try:
                    still.append((case, case.send(latent)))
                except StopIteration as end:
                    right += bool(end.value)
            waiting = still
    return right / cases


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "package"))
    parser.add_argument("--binary", help="ask this program (dreamomni2) for everything, not the package itself")
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--rows", help="only these, separated by commas")
    parser.add_argument("--quick", action="store_true", help="60 cases in all, one bar for all")
    parser.add_argument("--photographs",
        help="a folder of photographs (else build/photographs, which photographs.py fetches)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", help="write the figures here")
    args = parser.parse_args()
    engine = Product(args.binary, args.package, args.threads) if args.binary else Engine(args.package, args.threads)
    eyes = Eyes(engine)
    judges = [Words(engine, eyes), Pictures(engine, eyes, args.photographs)]
    if args.quick:
        return quick(judges, engine, args.seed)
    figures, failed = {}, 0
    for name, bar, words in ROWS:
        if args.rows and name not in args.rows.split(","):
            continue
        if name in ("palette", "foreign") and not judges[1].photographs:
            print(f"{words:58s} left out: no photographs", flush=True)
            continue
        cases, started = (args.cases // 4 if name == "seeds" else args.cases), time.time()
        share = 100 * run(judges, engine, name, cases, args.seed)
        figures[name] = {"percent": round(share, 1), "bar": bar, "cases": cases}
        failed += share < bar
        print(f"{words:58s} {share:5.1f} %  bar {bar:3d}  {'ok' if share >= bar else 'SHORT'}  {cases} cases  "
              f"{time.time() - started:.0f} s", flush=True)
    if args.json:
        with open(args.json, "w") as file:
            json.dump(figures, file, indent=1)
    return 1 if failed else 0


def quick(judges, engine, seed):
    """Sixty cases for every commit."""
    wrong = []
    for name, cases in QUICK.items():
        right = run(judges, engine, name, cases, seed) * cases
        if right < cases:
            wrong.append(f"{name} {round(cases - right)} of {cases}")
    total = sum(QUICK.values())
    failed = sum(int(w.split()[-3]) for w in wrong)
    good = 100 * (total - failed) >= QUICK_BAR * total
    print(f"quick judge: {total - failed} of {total} right, {QUICK_BAR} % wanted"
        + (f" (wrong: {', '.join(wrong)})" if wrong else ""))
    print(f"{int(good)} passed, {int(not good)} failed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
