#!/usr/bin/env python3
"""How long the dashboard's questions take, on a running stack: python3 bench/dashboard.py [--jobs N] [--times T] [URL]

Runs demo.noop jobs until N have succeeded, waits until they have left the hot table (a minute is enough by default), and
then asks each route that a page asks T times, one after the other. Prints median, p95 and the slowest, in milliseconds,
and for each page the p95 of its slowest question, since a page asks all of its questions at once.

Needs Python's standard library only. It leaves its jobs there: give it a stack of its own.
"""

import argparse
import json
import time
import urllib.request

CHUNK = 10_000
PATIENCE_S = 3_600
LEAVES_AFTER_S = 60

PAGES = {
    "overview": ["/stats", "/queues", "/workers", "/alerts?active=true&limit=20", "/dashboard/timings", "/schedules?limit=100"],
    "jobs": ["/jobs?limit=50", "/stats", "/queues", "/tasks"],
    "jobs, failed": ["/jobs?state=FAILURE&limit=50"],
    "jobs of a task": ["/jobs?task=demo.noop&limit=50"],
    "jobs with a text, few": ["/jobs?q=there+is+nothing+like+it&limit=50"],
    "jobs with a tag, few": ["/jobs?tag=there-is-nothing-like-it&limit=50"],
    "jobs of a worker, few": ["/jobs?worker=there-is-nothing-like-it&limit=50"],
    "job": ["/jobs/{job}", "/jobs/{job}/history", "/dashboard/jobs/{job}/relatives"],
    "batches": ["/batches?limit=50"],
    "queues": ["/queues"],
    "workers": ["/workers"],
    "schedules": ["/schedules?limit=100"],
    "tasks": ["/tasks", "/dashboard/tasks", "/dashboard/failures", "/stats"],
    "alerts": ["/alerts?limit=50"],
    "workflows": ["/workflows/batches?limit=50"],
    "pipelines": ["/pipelines?limit=100"],
}


def call(base, path, body=None):
    request = urllib.request.Request(
        base + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def succeeded(base):
    return call(base, "/stats")["by_state"]["SUCCESS"]


def fill(base, wanted):
    there = succeeded(base)
    for at in range(there, wanted, CHUNK):
        many = min(CHUNK, wanted - at)
        call(base, "/jobs/bulk", [{"task": "demo.noop", "args": {}}] * many)
    end = time.monotonic() + PATIENCE_S
    while succeeded(base) < wanted:
        if time.monotonic() > end:
            raise SystemExit(f"only {succeeded(base)} of {wanted} jobs have succeeded")
        time.sleep(1)
    if there < wanted:
        time.sleep(LEAVES_AFTER_S)
    return succeeded(base)


def measure(base, path, times):
    took = []
    for _ in range(times):
        began = time.perf_counter()
        call(base, path)
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return took


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8080")
    parser.add_argument("--jobs", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=40)
    asked = parser.parse_args()
    base = asked.url + "/api/v1"

    print(f"{fill(base, asked.jobs)} jobs have succeeded")
    job = call(base, "/jobs?limit=1&order=asc")["jobs"][0]["job_id"]
    print(f"{'page':<16}{'question':<40}{'p50':>8}{'p95':>8}{'max':>8}")
    for page, paths in PAGES.items():
        slowest = 0.0
        for path in paths:
            took = measure(base, path.replace("{job}", job), asked.times)
            p95 = took[int(len(took) * 0.95) - 1]
            slowest = max(slowest, p95)
            print(f"{page:<16}{path:<40}{took[len(took) // 2]:>8.1f}{p95:>8.1f}{took[-1]:>8.1f}")
        print(f"{page:<16}{'':<40}{'':>8}{slowest:>8.1f}")


main()
