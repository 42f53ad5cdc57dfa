#!/usr/bin/env python3
"""Times large graphs on a running stack: python3 bench/batches.py [http://127.0.0.1:8080]

For each shape: the time to submit it, the time until it has COMPLETED, and jobs a second. Cost is linear where jobs a
second stay the same as a shape grows, so each shape runs in two sizes. Needs Python's standard library only.
"""

import json
import sys
import time
import urllib.request

BASE = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080") + "/api/v1"
PATIENCE = 300


def call(method, path, body=None):
    request = urllib.request.Request(
        BASE + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def noop(key, *parents):
    return {"key": key, "task": "demo.noop", "depends_on": list(parents)}


def wide(n):
    return [noop("root")] + [noop(f"c{i}", "root") for i in range(n)]


def chord(n):
    return [noop(f"c{i}") for i in range(n)] + [noop("end", *(f"c{i}" for i in range(n)))]


def chain(n):
    return [noop(f"k{i}", *([f"k{i - 1}"] if i else [])) for i in range(n)]


def grid(side):
    return [
        noop(f"{x}-{y}", *([f"{x - 1}-{y}"] if x else []), *([f"{x}-{y - 1}"] if y else []))
        for x in range(side)
        for y in range(side)
    ]


def measure(name, jobs):
    began = time.monotonic()
    batch = call("POST", "/batches", {"name": name, "jobs": jobs})["batch_id"]
    submitted = time.monotonic()
    while True:
        seen = call("GET", f"/batches/{batch}")
        if seen["finished_at"]:
            break
        if time.monotonic() - submitted > PATIENCE:
            sys.exit(f"{name} has not finished within {PATIENCE} s: {seen}")
        time.sleep(0.05)
    ended = time.monotonic()
    if seen["status"] != "COMPLETED" or seen["counts"]["completed"] != len(jobs):
        sys.exit(f"{name} has ended otherwise than it should: {seen}")
    edges = sum(len(job["depends_on"]) for job in jobs)
    rate = len(jobs) / (ended - submitted)
    print(f"{name:<18}{len(jobs):>8}{edges:>9}{submitted - began:>10.2f}{ended - submitted:>10.2f}{rate:>10.0f}", flush=True)


def main():
    measure("warm-up", wide(500))
    print(f"{'shape':<18}{'jobs':>8}{'edges':>9}{'submit s':>10}{'run s':>10}{'jobs/s':>10}")
    measure("wide 1,000", wide(1_000))
    measure("wide 10,000", wide(10_000))
    measure("chord 1,000", chord(1_000))
    measure("chord 10,000", chord(10_000))
    measure("chain 100", chain(100))
    measure("chain 1,000", chain(1_000))
    measure("grid 30x30", grid(30))
    measure("grid 100x100", grid(100))


if __name__ == "__main__":
    main()
