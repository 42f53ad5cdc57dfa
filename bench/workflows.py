#!/usr/bin/env python3
"""Polls many remote workflows at once: python3 bench/workflows.py [http://127.0.0.1:8080 [http://127.0.0.1:8089]]

On a running stack (make up): gives the one worker 8 slots, submits 10,000 workflows to the simulator that go on for two
minutes, and waits until all have ended. It shows that a poll holds no slot between polls: all are followed at once by 8
slots. Counts are compared with what the simulator has seen. JOBS, SECONDS and SLOTS in the environment change the size.
Needs Python's standard library only.
"""

import json
import os
import statistics
import sys
import time
import urllib.request
from datetime import datetime

API = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080") + "/api/v1"
SIMULATOR = (sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:8089") + "/simulator"
JOBS = int(os.environ.get("JOBS", "10000"))
SECONDS = int(os.environ.get("SECONDS", "120"))
SLOTS = int(os.environ.get("SLOTS", "8"))
A_BATCH = 2_000
PATIENCE = SECONDS + 900
LOOKED_AT = 100


def call(method, address, body=None):
    request = urllib.request.Request(
        address,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def seen():
    return call("GET", SIMULATOR)["seen"]


def slots():
    workers = [w for w in call("GET", f"{API}/workers") if w["state"] == "ACTIVE"]
    if len(workers) != 1:
        sys.exit(f"there must be one worker, and there are {len(workers)}")
    call("PATCH", f"{API}/workers/{workers[0]['worker_id']}", {"concurrency": SLOTS})


def submit():
    payload = {"simulate": {"seconds": SECONDS}}
    batches = []
    for start in range(0, JOBS, A_BATCH):
        jobs = [{"payload": payload}] * min(A_BATCH, JOBS - start)
        batches.append(call("POST", f"{API}/workflows/batches", {"jobs": jobs})["batch_id"])
    return batches


def counts(batches):
    total = {}
    for batch in batches:
        for key, value in call("GET", f"{API}/workflows/batches/{batch}")["counts"].items():
            total[key] = total.get(key, 0) + value
    return total


def when(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def lateness(batches):
    """How much later than scheduled polls were made, over some jobs of each batch."""
    late = []
    for batch in batches:
        for job in call("GET", f"{API}/workflows/batches/{batch}/jobs?limit={LOOKED_AT}")["jobs"]:
            polls = call("GET", f"{API}/workflows/jobs/{job['id']}/polls?limit=500")["polls"]
            for before, after in zip(polls, polls[1:]):
                if before["next_poll_seconds"] is not None:
                    late.append(when(after["polled_at"]) - when(before["polled_at"]) - before["next_poll_seconds"])
    return sorted(late)


def main():
    slots()
    before = seen()
    began = time.monotonic()
    batches = submit()
    print(f"submitted {JOBS} in {time.monotonic() - began:.1f} s", flush=True)
    most = 0
    while True:
        now = counts(batches)
        polls = seen().get("polls", 0) - before.get("polls", 0)
        most = max(most, now["active"])
        print(f"{time.monotonic() - began:7.1f} s  active {now['active']:>6}  completed {now['completed']:>6}  polls {polls:>7}", flush=True)
        if now["active"] == 0:
            break
        if time.monotonic() - began > PATIENCE:
            sys.exit("not all have ended")
        time.sleep(5)
    took = time.monotonic() - began
    after = seen()
    grown = {key: after.get(key, 0) - before.get(key, 0) for key in ("submissions", "workflows", "polls", "faults")}
    print(f"all ended after {took:.1f} s: {now}")
    print(f"the simulator has seen {grown}: {grown['polls'] / took:.0f} polls a second with {SLOTS} slots")
    late = lateness(batches)
    print(
        f"polls later than scheduled by: median {statistics.median(late):.2f} s, "
        f"99 of 100 less than {late[int(len(late) * 0.99)]:.2f} s (of {len(late)})"
    )
    if now["completed"] != JOBS or grown["workflows"] != JOBS:
        sys.exit("counts disagree")


main()
