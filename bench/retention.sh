#!/usr/bin/env bash
# bench/retention.sh [JOBS [FLOW [RATE]]]: JOBS (1,000,000) finished jobs leave the hot table and are forgotten by partition drop
# while a load runs beside them; then FLOW (300,000) jobs flow through, RATE (2,000; 0 for all it can)
# a second, and the size of the hot table is shown. Against an
# embedded PostgreSQL of its own, durable, in a temp directory: needs Maven, a JDK 25 and about 3 GB there.
# docs/decisions/0017-finished-jobs-leave-by-whole-partitions.md has figures of a run.
set -euo pipefail
cd "$(dirname "$0")/.."
JAVA_HOME=${JAVA_HOME:-$(deploy/local/bin/find-jdk)} mvn -B -q -pl deploy/local,common test -Dspotless.check.skip \
  -Dsurefire.failIfNoSpecifiedTests=false -Dtest=RetentionBench -Dmillrace.bench=retention \
  -Dmillrace.bench.jobs="${1:-1000000}" -Dmillrace.bench.flow="${2:-300000}" -Dmillrace.bench.rate="${3:-2000}" -DtrimStackTrace=false |
  sed -n 's/^.*BENCH //p'
