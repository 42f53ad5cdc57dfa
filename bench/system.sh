#!/usr/bin/env bash
# Millrace as one more system under the driver: PostgreSQL with the rivals' settings, Kafka, the API and the scheduler as servers.
# CONFIGS: space-separated WORKERS:SLOTS:RECEIVERS (worker processes; how many jobs each runs at a time; its receivers a lane).
# KIND=native: API, scheduler and worker as native executables.
. "$(dirname "$0")/driver/common.sh"
find_jdk
build() { (cd "$ROOT" && mvn -q -B -DskipTests -Dspotless.check.skip -am "$@" package) >>"$WORK/log/build" 2>&1 || die "build failed"; }
services=bench/worker,api-service,scheduler-service
if [ "${BUILD:-1}" = 1 ]; then
  build -pl "bench/client,$services,deploy/local"
  [ "$KIND" = jvm ] || build -pl "$services" -Dnative      # with the native-image of GRAALVM_HOME
fi

preload=(); [ "${STATEMENTS:-1}" = 1 ] && preload=(-c shared_preload_libraries=pg_stat_statements)
start_postgres "${preload[@]}"
start_kafka

# A native executable has neither to compile nor a choice of collectors; what a burst leaves fits into so much of young heap.
[ "$KIND" = jvm ] || SHORT_LIVED=-Xmn160m

# Each service lives for a minute or two, and the optimising compiler would take a third of two cores all that time; a
# collector of several threads would take more than it gives. The broker has that compiler: see start_kafka. JVM options of
# one's own show the other choices: API_JVM=-Xmx512m and so on.
export QUARKUS_PROFILE=local QUARKUS_HTTP_HOST=127.0.0.1
export QUARKUS_DATASOURCE_REACTIVE_URL=postgresql://127.0.0.1:$PGPORT/$PGDATABASE
export QUARKUS_DATASOURCE_USERNAME=$PGUSER QUARKUS_DATASOURCE_PASSWORD=trusted      # the server trusts loopback; a password must be named
api=$(free_port); export MILLRACE_URL=http://127.0.0.1:$api
start_service api "$api" "$(service api-service "${API_JVM:--Xmx512m $SHORT_LIVED}")"
start_service scheduler "$(free_port)" "$(service scheduler-service "${SCHEDULER_JVM:--Xmx256m $SHORT_LIVED}")"

for c in ${CONFIGS:-1:1000:2}; do
  IFS=: read -r workers slots receivers <<<"$c"
  export MILLRACE_WORKER_CONCURRENCY=$slots MILLRACE_WORKER_RECEIVERS_PER_LANE=$receivers
  # HTTP port 0: each worker process takes a free one of its own.
  QUARKUS_HTTP_PORT=0 bench millrace "$workers worker x $slots slots, $receivers receivers" "$workers" \
    "$JAVA ${CLIENT_JVM:--Xmx256m -XX:+UseSerialGC} -jar $HERE/client/target/bench-client-0.1.0-SNAPSHOT.jar" \
    "$(service bench/worker "${WORKER_JVM:--Xmx512m $SHORT_LIVED}")"
done
