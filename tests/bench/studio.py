#!/usr/bin/env python3
"""Measures a running studio on this machine's loopback and prints one JSON object.

    python3 tests/bench/studio.py BINARY SEEDED_DATA

BINARY is the release build, SEEDED_DATA a folder made by `bench_seed` (its owner is used to sign in). Standard
library only. Times are what a client on the same machine sees, TLS included.
"""
import glob, http.client, json, os, signal, socket, ssl, statistics, subprocess, sys, tempfile, threading, time

EMAIL, PASSWORD = "bench@studio.example", "a long password for measuring"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def trusting():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Studio:
    """One server process, ended with the object."""

    def __init__(self, binary, data):
        self.port, plain = free_port(), free_port()
        environment = dict(os.environ, DREAMOMNI2_PLAIN=f"127.0.0.1:{plain}", DREAMOMNI2_LOG="warn")
        began = time.perf_counter()
        self.process = subprocess.Popen(
            [binary, "serve", "--data", data, "--listen", f"127.0.0.1:{self.port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        while True:
            try:
                if self.get("/healthz")[0] == 200:
                    break
            except OSError:
                pass
            if self.process.poll() is not None or time.perf_counter() - began > 30:
                raise SystemExit(f"the studio did not start: exit {self.process.poll()}")
            time.sleep(0.002)
        self.ready_wall = time.perf_counter() - began
        self.ready_cpu = self.cpu()

    def connection(self):
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=trusting(), timeout=30)

    def get(self, path):
        connection = self.connection()
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def cpu(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024

    def children(self):
        """Workers; each thread of the server has children of its own."""
        tasks = glob.glob(f"/proc/{self.process.pid}/task/*/children")
        return [child for task in tasks for child in open(task).read().split()]

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


class Person:
    """A signed-in owner on one kept-alive connection."""

    def __init__(self, studio):
        self.studio, self.line = studio, studio.connection()
        self.headers = {"Content-Type": "application/json"}
        status, answer, headers = self.ask("POST", "/api/v1/sessions", {"email": EMAIL, "password": PASSWORD}, True)
        if status != 201:
            raise SystemExit(f"sign-in failed: {status} {answer}")
        self.headers["Cookie"] = headers["Set-Cookie"].split(";")[0]
        me = self.json("GET", "/api/v1/me")
        self.headers["X-CSRF-Token"] = me["csrf"]
        self.workspace = me["workspaces"][0]["id"]

    def ask(self, method, path, body=None, with_headers=False):
        self.line.request(method, path, None if body is None else json.dumps(body), self.headers)
        answer = self.line.getresponse()
        data = answer.read()
        return (answer.status, data, answer.headers) if with_headers else (answer.status, data)

    def json(self, method, path, body=None):
        status, data = self.ask(method, path, body)
        if status >= 300:
            raise SystemExit(f"{method} {path}: {status} {data[:300]}")
        return json.loads(data)

    def in_workspace(self, rest):
        return f"/api/v1/workspaces/{self.workspace}/{rest}"


def percentiles(seconds):
    ordered = sorted(s * 1000 for s in seconds)
    pick = lambda p: round(ordered[min(len(ordered) - 1, int(len(ordered) * p))], 2)
    return {"p50_ms": pick(0.5), "p99_ms": pick(0.99), "max_ms": pick(1), "n": len(ordered)}


def timed(person, path, rounds):
    times = []
    for number in range(rounds):
        began = time.perf_counter()
        status, _ = person.ask("GET", path(number))
        times.append(time.perf_counter() - began)
        if status != 200:
            raise SystemExit(f"{path(number)}: {status}")
    return percentiles(times)


def starting(binary):
    """Ready time of an empty studio, best and median of seven; memory when idle."""
    walls, cpus, memory = [], [], 0
    for _ in range(7):
        with tempfile.TemporaryDirectory() as data:
            studio = Studio(binary, data)
            walls.append(studio.ready_wall)
            cpus.append(studio.ready_cpu)
            time.sleep(2 if not memory else 0)
            memory = memory or studio.rss()
            studio.end()
    return {
        "ready_wall_s": round(statistics.median(walls), 3), "ready_wall_best_s": round(min(walls), 3),
        "ready_cpu_s": round(statistics.median(cpus), 3), "idle_rss_mb": round(memory, 1)}


def listen(studio, person, heard, started, ended):
    line = studio.connection()
    line.request("GET", "/api/v1/events", headers={"Cookie": person.headers["Cookie"], "Accept": "text/event-stream"})
    stream = line.getresponse()
    kind = None
    started.release()
    while not ended.is_set():
        text = stream.readline().decode()
        if not text:
            break
        if text.startswith("event:"):
            kind = text.split(":", 1)[1].strip()
        elif text.startswith("data:") and kind:
            heard.append((time.perf_counter(), kind, text[5:].strip()))
            if kind == "job" and '"state":"done"' in text.replace(" ", ""):
                break
    line.close()


def order(person, model, **more):
    recipe = {
        "task": "picture", "prompt": "a red boat on the sea at sunset", "references": [], "variations": 1, "seed": 1,
        "model": model["name"], "width": 640, "height": 360, "steps": 20, "guidance": model["defaults"]["guidance"]}
    return person.json("POST", person.in_workspace("jobs"), dict(recipe, **more))


def wait(person, job):
    while True:
        now = person.json("GET", person.in_workspace(f"jobs/{job['id']}"))
        if now["state"] in ("done", "failed", "cancelled"):
            return now
        time.sleep(0.01)


def seconds_between(job):
    from datetime import datetime
    read = lambda text: datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (read(job["ended"]) - read(job["started"])).total_seconds()


def jobs(studio, person, binary):
    model = person.json("GET", "/api/v1/models")["items"][0]
    wait(person, order(person, model))  # loads the model
    first = []
    for seed in range(10):
        heard, started, ended = [], threading.Semaphore(0), threading.Event()
        thread = threading.Thread(target=listen, args=(studio, person, heard, started, ended), daemon=True)
        thread.start()
        started.acquire()
        time.sleep(0.1)
        began = time.perf_counter()
        job = order(person, model, seed=seed)
        thread.join(30)
        ended.set()
        steps = [at for at, kind, data in heard if kind == "job" and job["id"] in data and '"step":0' not in data.replace(" ", "") and '"step":' in data]
        if steps:
            first.append(steps[0] - began)
    whole = []
    for seed in range(10):
        job = wait(person, order(person, model, seed=seed))
        whole.append(seconds_between(job))
    bare = []
    with tempfile.TemporaryDirectory() as folder:
        words = [binary, "render", "--prompt", "a red boat on the sea at sunset", "--size", "640x360", "--steps", "20", "--json"]
        out = subprocess.run(words + ["--variations", "8", "-o", os.path.join(folder, "a.png")], capture_output=True, check=True)
        bare = [one["seconds"] for one in json.loads(out.stdout)["outputs"]][1:]
    studio_s, bare_s = statistics.median(whole), statistics.median(bare)
    return {
        "first_step": percentiles(first) if first else None,
        "picture_studio_s": round(studio_s, 3), "picture_bare_s": round(bare_s, 3),
        "overhead_percent": round((studio_s / bare_s - 1) * 100, 1)}


def listeners(studio, person, count=200):
    model = person.json("GET", "/api/v1/models")["items"][0]
    logs, started, ended = [[] for _ in range(count)], threading.Semaphore(0), threading.Event()
    threads = [threading.Thread(target=listen, args=(studio, person, log, started, ended), daemon=True) for log in logs]
    for thread in threads:
        thread.start()
    for _ in threads:
        started.acquire()
    time.sleep(1)
    job = order(person, model, seed=99)
    for thread in threads:
        thread.join(60)
    ended.set()
    # Progress may be told less often to a slow listener; what changes a thing may never be missing.
    lasting = [[(kind, data) for _, kind, data in log if kind in ("job", "render") and ('"render"' in kind or job["id"] in data)] for log in logs]
    complete = sum(any('"done"' in data for _, data in log) for log in lasting)
    return {"listeners": count, "heard_the_end": complete, "events_least": min(map(len, lasting)), "events_most": max(map(len, lasting))}


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    binary, data = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    result = {"binary_mb": round(os.path.getsize(binary) / 1e6, 1), **starting(binary)}
    studio = Studio(binary, data)
    try:
        person = Person(studio)
        result["seeded_ready_wall_s"] = round(studio.ready_wall, 3)
        timed(person, lambda n: person.in_workspace("renders?limit=100"), 20)
        result["list_100"] = timed(person, lambda n: person.in_workspace("renders?limit=100"), 1000)
        words = ["red", "boat sea", '"wide shot"', "clo*", "strete", "house number", "blue -rain", "moon night snow"]
        from urllib.parse import quote
        result["search_gallery"] = timed(person, lambda n: person.in_workspace("gallery?q=" + quote(words[n % len(words)])), 200)
        result["rss_after_lists_mb"] = round(studio.rss(), 1)
        result.update(jobs(studio, person, binary))
        result["events"] = listeners(studio, person)
        result["rss_at_end_mb"] = round(studio.rss(), 1)
    finally:
        studio.end()
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
