#!/usr/bin/env python3
"""Markdown tables from the JSON lines of one or more runs (files, or stdin). Several runs of a peer: the median."""
import fileinput, json, statistics

rows = {}
for line in fileinput.input():
    if line.startswith("{"):
        d = json.loads(line)
        key = (d.get("peer", "?"), d.get("config", ""))
        rows.setdefault(key, {}).setdefault((d["workload"], d.get("mode")), []).append(d)


def get(row, w, mode, field):
    v = [x[field] for x in row.get((w, mode), []) if isinstance(x.get(field), (int, float))]
    return statistics.median(v) if v else None


def num(v):
    return "–" if v is None else f"{v:,.0f}" if abs(v) >= 100 else f"{v:.1f}" if abs(v) >= 10 else f"{v:.2f}"


def table(title, heads, cells, rows=rows):
    print(f"\n**{title}**\n\n| peer | config | " + " | ".join(heads) + " |\n|---|---|" + "--:|" * len(heads))
    for key, row in rows.items():
        if key[0] != "machine":
            print(f"| {key[0]} | {key[1]} | " + " | ".join(c if isinstance(c, str) else num(c) for c in cells(row)) + " |")


M = ("one", "many", "bulk")
for row in (r for k, r in rows.items() if k[0] == "machine"):
    for d in row.get(("machine", None), []):
        print(f"\nMachine: {d['cores']} cores, {d['mem_gib']} GiB, fdatasync of 8 KiB: p50 {d['fsync_p50_ms']} ms, p99 {d['fsync_p99_ms']} ms")
table("W1: jobs/s (end to end with 1 caller, 16 callers, batches of 500; drain of a backlog) and enqueue/s with workers off",
      [*(f"e2e {m}" for m in M), "drain", *(f"enqueue {m}" for m in M), "other load, cores"],
      lambda r: [*(get(r, "W1", m, "jobs_per_s") for m in M), get(r, "W1", "drain", "jobs_per_s"),
                 *(get(r, "W1", "drain", f"enqueue_{m}_per_s") for m in M),
                 max((x["noise_cores"] for k, v in r.items() for x in v if "noise_cores" in x), default=None)])
table("W2: one job each 20 ms, ms", [f"{w} p{p}" for w in ("start", "result") for p in (50, 95, 99)],
      lambda r: [get(r, "W2", None, f"{w}_p{p}_ms") for w in ("start", "visible") for p in (50, 95, 99)])


def rss(r):
    x = r.get(("W3", None))
    return ", ".join(f"{k} {v['procs']}×≤{v['max_mb']} (PSS {v['pss_mb']})" for k, v in x[-1]["peak_rss"].items()) if x else "–"


table("W3: CPU seconds (client + broker + database + workers) per 1,000 jobs; peak RSS, MB", [*M, "drain", "processes × peak RSS (summed PSS)"],
      lambda r: [*(get(r, "W3", None, f"cpu_s_per_1k_{m}") for m in (*M, "drain")), rss(r)])
MD = (*M, "drain")


def roles(r, mode):
    x = [d["by_role"][mode] for d in r.get(("W3", None), []) if mode in d.get("by_role", {})]
    return ", ".join(f"{k} {v:.3f}" for k, v in x[-1].items()) if x else "–"


table("W3: the same CPU seconds per 1,000 jobs by role", MD, lambda r: [roles(r, m) for m in MD])


def fine(v):
    return "–" if v is None else f"{v:.3f}"


counted = {k: r for k, r in rows.items() if any("hot_percent" in d for m in MD for d in r.get(("W1", m), []))}
if counted:
    table("Database: statements and commits per job; share of the job table's updates that touched no index (HOT), %",
          [f"{w} {m}" for w in ("statements", "commits", "HOT") for m in MD],
          lambda r: [fine(get(r, "W1", m, f"{w}_per_job")) for w in ("statements", "commits") for m in MD] + [get(r, "W1", m, "hot_percent") for m in MD], counted)
table("W4: 2,000 jobs that fail once, retry after the delay", ["delay ms", "all done s", "late p50 ms", "late p99 ms"],
      lambda r: [get(r, "W4", None, f) for f in ("retry_delay_ms", "seconds", "late_p50_ms", "late_p99_ms")])
bad = [d for r in rows.values() for v in r.values() for d in v if d["workload"] == "error" or d.get("extra_runs")]
for d in bad:
    print(f"\n- {d['peer']} ({d['config']}) {d['workload']} {d.get('mode', '')}: {d.get('error') or str(d['extra_runs']) + ' extra runs'}")
