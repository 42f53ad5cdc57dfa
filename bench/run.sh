#!/usr/bin/env bash
# bench/run.sh [RIVAL...]: W1-W4 for Millrace, then for the rivals named (folders of $PEERS), ROUNDS times; then the tables.
# JSON lines go to $OUT (default: a new temp file, named at the end). bench/README.md says what the figures mean.
set -uo pipefail
if [ $# -gt 0 ]; then
  [ -n "${PEERS:-}" ] || { echo "To run rivals, name the folder they are in: PEERS=../shared/peers $0 $*" >&2; exit 2; }
  PEERS=$(cd "$PEERS" && pwd) || exit 2
  for p in "$@"; do [ -x "$PEERS/$p/run.sh" ] || { echo "There is no rival $p in $PEERS." >&2; exit 2; }; done
fi
export OUT=${OUT:-$(mktemp --suffix=.jsonl)}
case $OUT in /*) ;; *) OUT=$PWD/$OUT ;; esac
cd "$(dirname "$0")"
PY=${PYTHON:-python3}
$PY driver/machine.py >>"$OUT"
rc=0
run() { echo "== $1" >&2; timeout -k 60 "${LIMIT_S:-2400}" "$2" >/dev/null || { rc=1; echo "== $1 failed" >&2; }; }
for ((i = 0; i < ${ROUNDS:-1}; i++)); do
  [ "${ONLY_RIVALS:-0}" = 1 ] || run millrace ./system.sh
  # CONFIGS is Millrace's here; a rival runs its own choice.
  for p in "$@"; do CONFIGS='' run "$p" "$PEERS/$p/run.sh"; done
  export BUILD=0
done
$PY driver/table.py "$OUT"
echo >&2; echo "JSON lines: $OUT" >&2
exit $rc
