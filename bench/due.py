#!/usr/bin/env python3
"""How late due jobs start, on a running stack: python3 bench/due.py [--future N] [--rate R] [--seconds S] [URL]

Submits R * S jobs whose etas lie a millisecond or so apart, the first some seconds from now, and reads back when each
has started: its lateness is started_at - eta. Before that it makes N jobs that are due in a year, which must cost
nothing. Beside it, every half second, one job that is due at once: what the load does to everybody else.

Needs Python's standard library only. It stops by itself, and revokes nothing: give it a stack of its own.
"""

import argparse
import json
import threading
import time
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone

CHUNK = 10_000
LEAD_S = 5.0
PATIENCE_S = 120


def call(base, method, path, body=None, headers=None):
    request = urllib.request.Request(
        base + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **(headers or {})},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def bulk(base, jobs):
    for at in range(0, len(jobs), CHUNK):
        part = jobs[at : at + CHUNK]
        answer = call(base, "POST", "/jobs/bulk", part)
        if answer["accepted"] != len(part):
            raise SystemExit(f"only {answer['accepted']} of {len(part)} were accepted: {answer['items'][:1]}")


def parse(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def quantiles(name, late_ms):
    late_ms.sort()
    at = lambda q: late_ms[min(len(late_ms) - 1, int(q * len(late_ms)))]
    print(f"{name}: n {len(late_ms)}, p50 {at(0.5):.1f}, p95 {at(0.95):.1f}, p99 {at(0.99):.1f}, longest {late_ms[-1]:.1f} ms")


def finished(base, tag, count):
    """All jobs with this tag, once so many of them have ended."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        jobs, cursor = [], ""
        while True:
            page = call(base, "GET", f"/jobs?limit=500&tag={tag}&state=SUCCESS{cursor}")
            jobs += page["jobs"]
            if not page["next_cursor"]:
                break
            cursor = f"&cursor={page['next_cursor']}"
        if len(jobs) == count:
            return jobs
        if time.monotonic() > deadline:
            raise SystemExit(f"after {PATIENCE_S} s only {len(jobs)} of {count} had ended")
        time.sleep(1)


def beside(base, until, took_ms):
    while time.monotonic() < until:
        began = time.monotonic()
        call(base, "POST", "/jobs", {"task": "demo.noop"}, {"Prefer": "wait=30"})
        took_ms.append((time.monotonic() - began) * 1000)
        time.sleep(0.5)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--future", type=int, default=0, help="jobs due in a year, made first")
    options.add_argument("--rate", type=int, default=1000, help="jobs becoming due each second")
    options.add_argument("--seconds", type=int, default=20)
    options.add_argument("url", nargs="?", default="http://127.0.0.1:8080")
    asked = options.parse_args()
    base = asked.url + "/api/v1"

    began = time.monotonic()
    far = (datetime.now(timezone.utc) + timedelta(days=365)).isoformat()
    for at in range(0, asked.future, CHUNK):
        bulk(base, [{"task": "demo.noop", "eta": far}] * min(CHUNK, asked.future - at))
    if asked.future:
        took = time.monotonic() - began
        print(f"{asked.future} jobs due in a year: submitted in {took:.1f} s, {asked.future / took:.0f} a second")

    tag = "due-" + uuid.uuid4().hex
    count = asked.rate * asked.seconds
    submit_s = count / 2000
    first = datetime.now(timezone.utc) + timedelta(seconds=LEAD_S + submit_s)
    bulk(
        base,
        [
            {"task": "demo.noop", "eta": (first + timedelta(seconds=i / asked.rate)).isoformat(), "tags": [tag]}
            for i in range(count)
        ],
    )
    if datetime.now(timezone.utc) > first:
        raise SystemExit("submitting took longer than the lead: give it fewer jobs")
    took_ms = []
    until = time.monotonic() + (first - datetime.now(timezone.utc)).total_seconds() + asked.seconds
    helper = threading.Thread(target=beside, args=(base, until, took_ms))
    helper.start()
    helper.join()
    jobs = finished(base, tag, count)
    quantiles(
        f"lateness at {asked.rate} due a second",
        [(parse(job["started_at"]) - parse(job["eta"])).total_seconds() * 1000 for job in jobs],
    )
    quantiles("a job beside it, from submission to its result", took_ms)


if __name__ == "__main__":
    main()
