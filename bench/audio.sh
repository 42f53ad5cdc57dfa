#!/usr/bin/env bash
# bench/audio.sh [SECONDS [TUNING]]: separates mixtures of known sounds, SECONDS (20) long, and prints how much nearer each
# stem is to what went into the mixture (SI-SDR, in decibels), and the speed as a multiple of real time. TUNING is that of
# Tuning.java: seconds of a frame, seconds and hertz of the two medians, margin, seconds of the correlation's memory.
# Needs Maven and a JDK 25. docs/audio.md has figures of a run.
set -euo pipefail
cd "$(dirname "$0")/.."
JAVA_HOME=${JAVA_HOME:-$(deploy/local/bin/find-jdk)} mvn -B -q -pl deploy/local,common,worker-engine,testing,worker-service test \
  -Dspotless.check.skip -Dsurefire.failIfNoSpecifiedTests=false -Dtest=SeparationBench -Dmillrace.bench=audio \
  -Dmillrace.bench.seconds="${1:-20}" -Dmillrace.bench.tuning="${2:-}" -DtrimStackTrace=false |
  sed -n 's/^.*BENCH //p'
