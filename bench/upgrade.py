#!/usr/bin/env python3
"""bench/upgrade.py REF|FOLDER: does a rolling upgrade under load lose or repeat anything?

Starts the stack of another version (a git ref, built in a temporary folder, or a checkout that is built), submits jobs
without a pause, and replaces the scheduler, the worker and the API, one after the other, with what is built here; between
two steps both versions work side by side. Then every job that was accepted must have succeeded, and no run that ended well
may have been followed by another. Needs JAVA_HOME, and what is here built (make build). BOTH=20 is how many seconds both
versions work side by side at each step.
"""
import json, os, pathlib, shutil, subprocess, sys, tempfile, threading, time, urllib.error, urllib.request

HERE = pathlib.Path(__file__).resolve().parent.parent
BOTH = float(os.environ.get("BOTH", "20"))
API = "http://127.0.0.1:%s/api/v1" % os.environ.get("MILLRACE_API_PORT", "8080")
TAG = "upgrade-%d" % os.getpid()


def call(path, body=None, timeout=30):
    request = urllib.request.Request(API + path, None if body is None else json.dumps(body).encode(),
                                     {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return json.load(answer)


def launcher(checkout, home, *arguments):
    java = [os.environ["JAVA_HOME"] + "/bin/java", "-Xmx256m", "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow", "-jar", str(checkout / "deploy/local/target/local.jar")]
    done = subprocess.run(java + list(arguments), env=dict(os.environ, MILLRACE_HOME=str(home)), text=True,
                          capture_output=True)
    if arguments[0] != "status" and done.returncode != 0:
        sys.exit("%s %s: %s%s" % (checkout, arguments, done.stdout, done.stderr))
    return done.stdout


def stop(checkout, home, service):
    """As Kubernetes does: TERM, and then it takes its time."""
    pid = next(int(line.split()[-1]) for line in launcher(checkout, home, "status").splitlines()
               if line.startswith(service + " "))
    os.kill(pid, 15)
    while os.path.exists("/proc/%d" % pid):
        time.sleep(0.1)


class Load(threading.Thread):
    """Some jobs, again and again. Each has a key, and a request that failed is sent again: it may have been accepted."""

    def __init__(self):
        super().__init__(daemon=True)
        self.ids, self.failed, self.going, self.number = set(), 0, True, 0

    def run(self):
        while self.going:
            jobs = []
            for _ in range(20):
                self.number += 1
                kind = self.number % 10
                task, args = (("demo.sleep", {"seconds": 2}) if kind == 0
                              else ("demo.fail", {"times": 1}) if kind == 1
                              else ("demo.spin", {"seconds": 0.05, "isolated": True}) if kind == 2
                              else ("demo.echo", {"message": str(self.number)}))
                jobs.append({"task": task, "args": args, "tags": [TAG], "countdown": 3 if kind == 3 else 0,
                             "idempotency_key": "%s-%d" % (TAG, self.number)})
            while True:
                try:
                    answer = call("/jobs/bulk", jobs)
                    assert answer["rejected"] == 0, answer
                    self.ids.update(item["job_id"] for item in answer["items"])
                    break
                except (urllib.error.URLError, ConnectionError, TimeoutError):
                    self.failed += 1
                    time.sleep(0.2)
            time.sleep(0.2)


def finished():
    """Every job of the load, as it stands."""
    jobs, cursor = [], ""
    while cursor is not None:
        page = call("/jobs?tag=%s&limit=500%s" % (TAG, cursor and "&cursor=" + cursor))
        jobs += page["jobs"]
        cursor = page["next_cursor"]
    return jobs


def verdict(ids):
    jobs = finished()
    found = {job["job_id"]: job for job in jobs}
    problems = ["%s was accepted and is not there" % lost for lost in ids - found.keys()]
    problems += ["%s is there twice over, with the keys of one" % extra for extra in found.keys() - ids]
    problems += ["%s is %s" % (job["job_id"], job["state"]) for job in jobs if job["state"] != "SUCCESS"]
    again = 0
    for job in jobs:
        expected = 2 if job["task"] == "demo.fail" else 1
        if job["attempt"] != expected:
            again += 1
            outcomes = [attempt["outcome"] for attempt in call("/jobs/%s/history" % job["job_id"])["attempts"]]
            if outcomes.count("success") != 1 or outcomes[-1] != "success":
                problems.append("%s has ended as %s" % (job["job_id"], outcomes))
    return jobs, again, problems


def built(ref, work):
    """A checkout of a git ref, built."""
    checkout = work / "old"
    archive = subprocess.run(["git", "-C", str(HERE), "archive", ref], stdout=subprocess.PIPE)
    if archive.returncode != 0:
        work.rmdir()
        sys.exit("%s is neither a folder that is built nor a git ref" % ref)
    checkout.mkdir()
    subprocess.run(["tar", "-x", "-C", str(checkout)], input=archive.stdout, check=True)
    if subprocess.run([str(checkout / "deploy/local/bin/build")]).returncode != 0:
        sys.exit("%s does not build, kept: %s" % (ref, checkout))
    return checkout


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if not (HERE / "deploy/local/target/local.jar").exists():
        sys.exit("What is here is not built: make build")
    work = pathlib.Path(tempfile.mkdtemp(prefix="millrace-upgrade-"))
    os.chmod(work, 0o711)
    home = work / "home"
    old = pathlib.Path(sys.argv[1])
    if not (old / "deploy/local/target/local.jar").exists():
        old = built(sys.argv[1], work)
    load = Load()
    ended = 1
    try:
        launcher(old, home, "up")
        print("the old version runs")
        load.start()
        time.sleep(BOTH)
        for service in ("scheduler", "worker", "api"):
            before = len(load.ids)
            stop(old, home, service)
            launcher(HERE, home, "up")
            time.sleep(BOTH)
            print("%-9s replaced; %d jobs were accepted meanwhile" % (service, len(load.ids) - before))
        load.going = False
        load.join()
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and any(job["state"] != "SUCCESS" for job in finished()):
            time.sleep(1)
        jobs, again, problems = verdict(load.ids)
        print("%d jobs accepted, %d requests sent again, %d jobs given back by a worker that left and run elsewhere"
              % (len(jobs), load.failed, again))
        print("\n".join(problems[:20]) or "nothing was lost, nothing was run twice")
        ended = 1 if problems else 0
    finally:
        load.going = False
        launcher(HERE, home, "down")
        if ended:
            print("kept: %s" % work, file=sys.stderr)
        else:
            shutil.rmtree(work, ignore_errors=True)
    sys.exit(ended)


main()
