#!/usr/bin/python3
"""Runs W1-W4 against one peer and prints one JSON line per workload (and mode).

The peer is two commands. The worker runs jobs; at each handler start it appends one 37-byte record
"phase id monotonic_ns attempt" to $HANDLED/<pid>. The client reads one command per line on stdin and
answers "ok ..." or "none" (no such call) or "err ...":
  enqueue PHASE FIRST COUNT CALLERS BULK FAIL   -> ok T_FIRST T_LAST      (BULK 0: one job per call, CALLERS at a time)
  latency PHASE COUNT INTERVAL_MS               -> ok; wrote lines "id t_submit t_visible" to $WORK/visible.PHASE
  done                                          -> ok TOTAL               (jobs the peer itself says are finished)
  verify PHASE                                  -> ok CHECKED GOOD        (a sample of results read back)
  counters                                      -> ok STATEMENTS COMMITS UPDATES HOT  (the database's own, since it started;
                                                   STATEMENTS -1: not counted; UPDATES and HOT are the job table's rows)
All times are CLOCK_MONOTONIC nanoseconds, which one machine's processes share.
"""
import argparse, json, os, select, shlex, signal, subprocess, sys, time

REC, HZ = 37, os.sysconf("SC_CLK_TCK")
TARGET = float(os.environ.get("TARGET_S", 13))       # seconds a W1 run should last
LAT_N, LAT_MS = int(os.environ.get("LAT_N", 500)), 20
RETRY_N = int(os.environ.get("RETRY_N", 2000))
STALL = float(os.environ.get("STALL_S", 60))         # no progress for this long: the run failed
HOT_MIN = float(os.environ.get("HOT_MIN", 80))       # a bulk or drain run with a smaller share of HOT updates, in per cent, fails the bench
FLUSH = 12                                           # PostgreSQL's idle backends hand in their row counts within 10 s
QUIET = float(os.environ.get("QUIET_S", 0))          # wait up to this long, before each measured run, for the rest of the machine to go quiet
MAX_N, BULK, CALLERS = 400_000, 500, 16
MODES = {"one": (1, 0), "many": (CALLERS, 0), "bulk": (1, BULK)}
now = time.monotonic


def pct(xs, p):
    xs = sorted(xs)
    return round(xs[min(len(xs) - 1, int(p / 100 * len(xs)))], 2) if xs else None


def procs():
    """pid -> (ppid, cpu seconds of it and of its reaped children)"""
    out = {}
    for d in os.listdir("/proc"):
        if d.isdigit():
            try:
                f = open(f"/proc/{d}/stat").read().rpartition(")")[2].split()
                out[int(d)] = int(f[1]), sum(map(int, f[11:15])) / HZ
            except (OSError, IndexError):
                pass
    return out


def busy():
    f = list(map(int, open("/proc/stat").readline().split()[1:9]))
    return (sum(f) - f[3] - f[4]) / HZ               # all but idle and iowait


class Bench:
    def __init__(self, a):
        self.a, self.handled, self.seq, self.workers = a, os.path.join(a.work, "handled"), 0, []
        os.makedirs(self.handled, exist_ok=True)
        for f in os.listdir(self.handled):            # left by an earlier config of the same peer
            os.remove(os.path.join(self.handled, f))
        self.env = dict(os.environ, WORK=a.work, HANDLED=self.handled)
        self.roots = {k: [int(v)] for k, v in (s.split(":") for s in a.servers.split(",") if s)}
        self.rss, self.cold = {}, []
        self.client, self.buf = self.start(a.client, "client", pipe=True), b""
        self.roots["client"] = [self.client.pid]

    # -- processes ---------------------------------------------------------------------------
    def start(self, cmd, name, pipe=False):
        log = open(os.path.join(self.a.work, "log", name), "ab")
        return subprocess.Popen(shlex.split(cmd), env=self.env, cwd=self.a.work, stderr=log,
                                stdin=subprocess.PIPE if pipe else subprocess.DEVNULL, stdout=subprocess.PIPE if pipe else log)

    def start_workers(self):
        self.workers = [self.start(self.a.worker, f"worker{i}") for i in range(self.a.workers)]
        self.roots["worker"] = [w.pid for w in self.workers]

    def stop(self, ps):
        for p in ps:
            if p.poll() is None:
                p.send_signal(signal.SIGTERM)
        for p in ps:
            try:
                p.wait(20)
            except subprocess.TimeoutExpired:
                for pid in self.tree([p.pid], procs()):
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except OSError:
                        pass
                p.wait(10)

    def stop_workers(self):
        self.stop(self.workers)
        self.workers, self.roots["worker"] = [], []

    def tree(self, roots, ps):
        kids = {}
        for pid, (ppid, _) in ps.items():
            kids.setdefault(ppid, []).append(pid)
        out, todo = [], list(roots)
        while todo:
            p = todo.pop()
            out.append(p)
            todo += kids.get(p, [])
        return out

    def cpu(self):
        ps = procs()
        return {r: sum(ps[p][1] for p in self.tree(pids, ps) if p in ps) for r, pids in self.roots.items()}

    def sample_rss(self):
        """peak RSS (kernel high-water mark) of each live process, and PSS summed per role (shared pages counted once)"""
        ps = procs()
        for role, pids in self.roots.items():
            hwm, pss = [], 0
            for p in self.tree(pids, ps):
                try:
                    hwm.append(int(open(f"/proc/{p}/status").read().split("VmHWM:")[1].split()[0]) / 1024)
                    pss += int(open(f"/proc/{p}/smaps_rollup").read().split("Pss:")[1].split()[0]) / 1024
                except (OSError, IndexError):
                    pass
            if hwm:
                o = self.rss.get(role, {"procs": 0, "max_mb": 0, "pss_mb": 0})
                self.rss[role] = {"procs": max(o["procs"], len(hwm)), "max_mb": round(max(o["max_mb"], *hwm)), "pss_mb": round(max(o["pss_mb"], pss))}

    # -- talking to the client ---------------------------------------------------------------
    def call(self, line, timeout=240):
        self.client.stdin.write((line + "\n").encode())
        self.client.stdin.flush()
        end = now() + timeout
        while True:
            while b"\n" in self.buf:
                l, self.buf = self.buf.split(b"\n", 1)
                w = l.decode(errors="replace").split()
                if w and w[0] in ("ok", "none"):
                    return [int(x) for x in w[1:]] if w[0] == "ok" else None
                if w and w[0] == "err":
                    raise RuntimeError(f"client: {line}: {l.decode(errors='replace')}")
            if not select.select([self.client.stdout], [], [], max(0, end - now()))[0]:
                raise RuntimeError(f"client gave no answer: {line}")
            b = os.read(self.client.stdout.fileno(), 65536)
            if not b:
                raise RuntimeError(f"client ended: {line}")
            self.buf += b

    def n_handled(self):
        return sum(e.stat().st_size for e in os.scandir(self.handled)) // REC

    def records(self, phase):
        out = []
        for e in os.scandir(self.handled):
            for l in open(e.path):
                f = l.split()
                if f[0] == phase:
                    out.append((int(f[1]), int(f[2]), int(f[3])))
        return out

    def phase(self):
        for e in os.scandir(self.handled):             # all is quiet: start counting anew
            os.truncate(e.path, 0)
        self.seq += 1
        return f"p{self.seq}"

    def wait(self, what, goal, pause):
        last, t = -1, now()
        while True:
            n = what()
            if n >= goal:
                return
            if n != last:
                last, t = n, now()
            if now() - t > STALL:
                raise RuntimeError(f"stalled at {n} of {goal}")
            if any(w.poll() is not None for w in self.workers):
                raise RuntimeError("a worker ended")
            time.sleep(pause)

    def finish(self, h_goal, d_goal):
        self.wait(self.n_handled, h_goal, 0.01)                       # cheap: file sizes only
        self.wait(lambda: self.call("done")[0], d_goal, 0.01)         # then the peer's own word
        return time.monotonic_ns()

    def mark(self):
        return self.cpu(), busy(), now()

    def cost(self, mark, n):
        """CPU seconds per 1,000 jobs by role, and how many cores everything else on the machine was using meanwhile"""
        c0, b0, t0 = mark
        c1, b1, t1 = self.mark()
        c = {r: v - c0.get(r, 0) for r, v in c1.items()}
        return {"cpu_s_per_1k": round(sum(c.values()) * 1000 / n, 3), "by_role": {r: round(v * 1000 / n, 3) for r, v in c.items()},
                "noise_cores": round(max(0, (b1 - b0 - sum(c.values())) / (t1 - t0)), 2)}

    def counters(self):
        return self.call("counters")

    def database(self, before, n):
        """statements and commits per job, and the share of the job table's updates that touched no index (HOT)"""
        if before is None:
            return {}
        end = now() + FLUSH
        while True:                                    # a claim and a settle a job: then the counts are complete
            d = [b - a for a, b in zip(before, self.counters())]
            if d[2] >= 2 * n or now() > end:
                break
            time.sleep(0.25)
        hot = round(100 * d[3] / d[2], 1) if d[2] else None
        return {"statements_per_job": None if before[0] < 0 else round(d[0] / n, 4), "commits_per_job": round(d[1] / n, 4),
                "updates_per_job": round(d[2] / n, 3), "hot_percent": hot}

    def check_hot(self, mode, res):
        """remembers a run whose updates were not cheap enough; the bench goes on and fails at its end"""
        if mode in ("bulk", "drain") and "hot_percent" in res and (res["hot_percent"] or 0) < HOT_MIN:
            self.cold.append(f"{mode}: {res['hot_percent']} % of the job table's updates were HOT, fewer than {HOT_MIN:g} %")

    def check(self, phase, n, attempts=1):
        """each of the n jobs ran (in a handler), and how many extra runs there were"""
        r = self.records(phase)
        ids = {(i, a if attempts > 1 else 0) for i, _, a in r}
        if len({i for i, _ in ids}) != n:
            raise RuntimeError(f"{phase}: {len({i for i, _ in ids})} of {n} jobs ran")
        return {"handled": len({i for i, _ in ids}), "extra_runs": len(r) - n * attempts}

    def enqueue(self, phase, first, n, mode, fail=0):
        callers, bulk = MODES[mode]
        return self.call(f"enqueue {phase} {first} {n} {callers} {bulk} {fail}")

    def quiet(self):
        end = now() + QUIET
        while now() < end:
            b = busy()
            time.sleep(1)
            if busy() - b < 0.2:
                break

    # -- workloads ---------------------------------------------------------------------------
    def e2e(self, mode, n):
        self.quiet()
        p, d, k = self.phase(), self.call("done")[0], self.counters()
        c = self.mark()
        t = self.enqueue(p, 0, n, mode)
        if t is None:
            return None
        end = self.finish(n, d + n)
        cost = self.cost(c, n)
        self.sample_rss()
        s = (end - t[0]) / 1e9
        self.busy_s = (end - min(t for _, t, _ in self.records(p))) / 1e9
        db = self.database(k, n)
        chk = self.call(f"verify {p}")
        return dict(n=n, seconds=round(s, 2), jobs_per_s=round(n / s, 1), enqueue_per_s=round(n / ((t[1] - t[0]) / 1e9), 1),
                    **self.check(p, n), results_checked=chk[0] if chk else None, results_ok=chk[1] if chk else None, **db, noise_cores=cost["noise_cores"]), cost

    def w1(self):
        costs, rate, enq = {}, 0, {}
        for mode in MODES:
            n = int(min(MAX_N, rate * TARGET)) or 300
            for _ in range(5):                         # adapt n until a run lasts long enough
                r = self.e2e(mode, n)
                if r is None or self.busy_s >= 0.7 * TARGET or n >= MAX_N:
                    break
                n = int(min(MAX_N, n * min(15, TARGET / self.busy_s)))
            if r is None:
                continue
            res, costs[mode] = r
            rate, enq[mode] = n / self.busy_s, res["enqueue_per_s"]
            self.check_hot(mode, res)
            self.emit("W1", mode=mode, **res)
        self.quiet()
        # drain: enqueue with the workers off, then time from the first handler start to all done
        self.stop_workers()
        p, total, rates, d = self.phase(), 0, {}, self.call("done")[0]
        for mode in enq:
            n = int(min(MAX_N / 4, max(100, enq[mode] * 3)))
            t = self.enqueue(p, total, n, mode)
            rates[mode] = round(n / ((t[1] - t[0]) / 1e9), 1)
            total += n
        best = self.best = max(rates, key=rates.get)
        more = int(min(MAX_N, rate * TARGET * 1.3) - total)
        if more > 0:
            self.enqueue(p, total, more, best)
            total += more
        if self.call("done")[0] != d or self.n_handled():
            raise RuntimeError("jobs ran with the workers off")
        self.quiet()
        k = self.counters()
        self.start_workers()
        self.wait(self.n_handled, 1, 0.002)
        c = self.mark()
        end = self.finish(total, d + total)
        costs["drain"] = self.cost(c, total)
        self.sample_rss()
        first = min(t for _, t, _ in self.records(p))
        chk, db = self.check(p, total), self.database(k, total)
        s = (end - first) / 1e9
        self.check_hot("drain", db)
        self.emit("W1", mode="drain", n=total, seconds=round(s, 2), jobs_per_s=round(total / s, 1),
                  **{f"enqueue_{m}_per_s": v for m, v in rates.items()}, **chk, **db, noise_cores=costs["drain"]["noise_cores"])
        self.emit("W3", **{f"cpu_s_per_1k_{m}": v["cpu_s_per_1k"] for m, v in costs.items()},
                  by_role={m: v["by_role"] for m, v in costs.items()}, peak_rss=self.rss)

    def w2(self):
        time.sleep(3)                                  # idle
        self.quiet()
        p, c = self.phase(), self.mark()
        self.call(f"latency {p} {LAT_N} {LAT_MS}")
        self.wait(self.n_handled, LAT_N, 0.01)
        sub, vis = {}, []
        for l in open(os.path.join(self.a.work, f"visible.{p}")):
            i, a, b = map(int, l.split())
            sub[i] = a
            vis.append((b - a) / 1e6)
        st = {}
        for i, t, _ in self.records(p):
            st[i] = min(t, st.get(i, t))
        st = [(t - sub[i]) / 1e6 for i, t in st.items()]
        self.emit("W2", n=LAT_N, **self.check(p, LAT_N), **{f"start_p{q}_ms": pct(st, q) for q in (50, 95, 99)},
                  **{f"visible_p{q}_ms": pct(vis, q) for q in (50, 95, 99)}, results_seen=len(vis), noise_cores=self.cost(c, LAT_N)["noise_cores"])

    def w4(self):
        p, n, d = self.phase(), RETRY_N, self.call("done")[0]
        t = self.enqueue(p, 0, n, self.best, 1)        # by its fastest call
        end = self.finish(2 * n, d + n)
        by = {}
        for i, ts, a in self.records(p):
            by.setdefault(i, {}).setdefault(a, ts)
        late = [(v[2] - v[1]) / 1e6 - self.a.retry_ms for v in by.values() if 1 in v and 2 in v]
        if len(late) != n:
            raise RuntimeError(f"{len(late)} of {n} jobs were retried")
        self.emit("W4", n=n, retry_delay_ms=self.a.retry_ms, seconds=round((end - t[0]) / 1e9, 2), **self.check(p, n, 2),
                  late_p50_ms=pct(late, 50), late_p99_ms=pct(late, 99), late_min_ms=pct(late, 0))

    def emit(self, workload, **kw):
        line = json.dumps({"peer": self.a.peer, "config": self.a.config, "workload": workload, **kw})
        print(line, flush=True)
        if os.environ.get("OUT"):
            with open(os.environ["OUT"], "a") as f:
                f.write(line + "\n")

    def run(self):
        try:
            self.call("done")                          # the client is up (and has made its schema)
            self.start_workers()
            self.w1()
            self.w2()
            self.w4()
            if self.cold:
                raise RuntimeError("; ".join(self.cold))
        finally:
            self.stop_workers()
            self.client.stdin.close()
            try:
                self.client.wait(10)
            except subprocess.TimeoutExpired:
                pass
            self.stop([self.client])


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    for o in ("peer", "config", "client", "worker", "work", "servers"):
        ap.add_argument("--" + o, required=True)
    ap.add_argument("--workers", type=int, default=1)
    ap.add_argument("--retry-ms", type=float, default=1000)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    a = ap.parse_args()
    b = Bench(a)
    try:
        b.run()
    except RuntimeError as e:
        b.emit("error", error=str(e))
        sys.exit(1)
