#!/usr/bin/env python3
"""Measures whether the memory of a model comes back, on this machine's loopback, and prints one JSON object.

    python tests/bench/memory.py BINARY [MEGABYTES]

A package with so many megabytes of weights (512 where none are told) is made of a test package, imported into a fresh
studio and used; then the starter is used, which drives it out; then nobody uses anything for five minutes, after which
the worker ends. Needs numpy and onnx (the environment of tests/oracle). The resident memory of the server and its
workers is told in megabytes at each of these points."""
import json, os, pathlib, shutil, subprocess, sys, tempfile, time

import numpy as np
import onnx
from onnx import helper, numpy_helper

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from studio import EMAIL, PASSWORD, Person, Studio, order, wait  # noqa: E402

PACKAGE = pathlib.Path(__file__).resolve().parents[1] / "data/packages/scene"
IDLE = 300


def heavy(folder, megabytes):
    """The drawing graph looks one row up in a table of that size, by a number it only knows when it runs."""
    shutil.copytree(PACKAGE, folder, ignore=shutil.ignore_patterns("reference"))
    path = folder / "vae_decoder/model.onnx"
    model = onnx.load(path)
    graph, out = model.graph, model.graph.output[0].name
    table = np.random.default_rng(1).standard_normal((megabytes, 262144), np.float32)
    graph.initializer.append(numpy_helper.from_array(table, "weights"))
    graph.initializer.append(numpy_helper.from_array(np.zeros((), np.float32), "zero"))
    for node in graph.node:
        node.output[:] = ["drawn" if name == out else name for name in node.output]
    graph.node.extend([
        helper.make_node("ReduceMean", ["drawn"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        helper.make_node("Cast", ["nothing"], ["row"], to=onnx.TensorProto.INT64),
        helper.make_node("Gather", ["weights", "row"], ["found"]),
        helper.make_node("ReduceMean", ["found"], ["some"], keepdims=0),
        helper.make_node("Mul", ["some", "zero"], ["none"]),
        helper.make_node("Add", ["drawn", "none"], [out])])
    onnx.save(model, path)


def tree(studio):
    """Resident memory of the server and its workers, in megabytes."""
    total = 0
    for pid in [str(studio.process.pid), *studio.children()]:
        try:
            lines = open(f"/proc/{pid}/status").read().splitlines()
        except FileNotFoundError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    return round(total * 1024 / 1e6, 1)


def used(studio, person, name):
    model = next(one for one in person.json("GET", "/api/v1/models")["items"] if one["name"] == name)
    made = wait(person, order(person, model, width=128, height=72, steps=4, prompt="a red circle"))
    if made["state"] != "done":
        raise SystemExit(f"{name}: {made}")
    time.sleep(1)
    return tree(studio)


def main():
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    binary, megabytes = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 512
    with tempfile.TemporaryDirectory() as home:
        home = pathlib.Path(home)
        data, word = str(home / "data"), home / "password"
        word.write_text(PASSWORD)
        run = lambda *words: subprocess.run([binary, *words, "--data", data], check=True, stdout=subprocess.DEVNULL)
        run("init", "--studio-name", "Bench", "--contact", "bench", "--owner-name", "Bench", "--owner-email", EMAIL,
            "--password-file", str(word), "--unlock", "key-file")
        heavy(home / "heavy", megabytes)
        run("model", "import", str(home / "heavy"), "--name", "heavy", "--accept-licence")
        studio = Studio(binary, data)
        try:
            person = Person(studio)
            time.sleep(2)
            result = {"weights_mb": megabytes * 262144 * 4 / 1e6, "before_mb": tree(studio)}
            result["starter_mb"] = used(studio, person, "starter")
            result["heavy_mb"] = used(studio, person, "heavy")
            result["driven_out_by_the_starter_mb"] = used(studio, person, "starter")
            result["heavy_again_mb"] = used(studio, person, "heavy")
            began = time.monotonic()
            while studio.children() and time.monotonic() - began < IDLE + 60:
                time.sleep(1)
            result["idle_s"] = round(time.monotonic() - began)
            time.sleep(1)
            result["after_mb"] = tree(studio)
            result["stays_mb"] = round(result["after_mb"] - result["before_mb"], 1)
        finally:
            studio.end()
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
