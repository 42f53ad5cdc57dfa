#!/usr/bin/env python3
"""One JSON line about the machine: cores, memory, and what an fdatasync of 8 KiB takes on the disk of the temp directory."""
import json, os, tempfile, time

t = []
with tempfile.TemporaryFile() as f:
    for _ in range(300):
        os.pwrite(f.fileno(), b"x" * 8192, 0)
        s = time.monotonic()
        os.fdatasync(f.fileno())
        t.append((time.monotonic() - s) * 1000)
t.sort()
print(json.dumps({"peer": "machine", "workload": "machine", "cores": os.cpu_count(), "fsync_p50_ms": round(t[150], 2), "fsync_p99_ms": round(t[297], 2),
                  "mem_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)}))
