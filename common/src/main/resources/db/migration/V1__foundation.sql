-- Millrace's truth. Every name a user meets in HTTP, Java and metrics has the same name here.

-- Jobs that wait, run or have just finished. This is the hot table: two updates a job, made cheap by HOT
-- (heap-only tuples). Two rules keep it so, and the bench checks that they hold:
--   * fillfactor 50, because a claimed row needs room for a whole second copy on its page;
--   * no index mentions a column that changes on the way PENDING -> STARTED -> SUCCESS, neither in its columns
--     nor in its predicate. An index on state also misleads the planner: statistics taken while nothing waits
--     say that PENDING is empty.
-- Order by age is order by id: ids are UUIDv7.
CREATE TABLE job (
  id                uuid PRIMARY KEY,
  task              text NOT NULL,
  queue             text NOT NULL,
  priority          smallint NOT NULL CHECK (priority BETWEEN 0 AND 10),
  -- PROGRESS is how a STARTED job with progress is reported; it is never stored.
  state             text NOT NULL CHECK (state IN ('SCHEDULED', 'BLOCKED', 'PENDING', 'STARTED', 'RETRY', 'SUCCESS', 'FAILURE', 'REVOKED')),
  -- The fence: grows with every claim and never falls. A hint and every write of a run carry it.
  claim_seq         integer NOT NULL DEFAULT 0,
  -- Starts that count (a released or snoozed one is given back), failures of the task itself, workers lost.
  attempt           integer NOT NULL DEFAULT 0,
  failures          integer NOT NULL DEFAULT 0,
  losses            integer NOT NULL DEFAULT 0,
  -- When a SCHEDULED or RETRY job becomes due; null in every other state, which keeps its index small.
  due_at            timestamptz CHECK ((due_at IS NOT NULL) = (state IN ('SCHEDULED', 'RETRY'))),
  -- When its hint was last written to Kafka, or was about to be.
  hinted_at         timestamptz,
  worker_id         text,
  -- Somebody asked for its end while it ran: it may finish, but it does not run again.
  revoke_requested  boolean NOT NULL DEFAULT false,
  created_at        timestamptz NOT NULL DEFAULT now(),
  started_at        timestamptz,
  finished_at       timestamptz,
  eta               timestamptz,
  expires_at        timestamptz,
  max_retries       integer NOT NULL,
  retry_delay       double precision NOT NULL,
  soft_time_limit   double precision,
  time_limit        double precision,
  result_ttl        double precision NOT NULL,
  args              jsonb NOT NULL,
  result            jsonb,
  error             jsonb,
  progress          jsonb,
  trace_id          text,
  project_id        text,
  batch_id          uuid,
  parent_id         uuid,
  root_id           uuid,
  tags              text[] NOT NULL DEFAULT '{}',
  rate_key          text,
  callback_url      text
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.1);

CREATE INDEX job_due_at ON job (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX job_batch ON job (batch_id) WHERE batch_id IS NOT NULL;

-- One row for each attempt that failed or was lost: what happened, and how long the job waits for the next
-- (the seeds' RetryHistory). The last, successful attempt is the job row itself.
CREATE TABLE attempt (
  job_id              uuid NOT NULL,
  claim_seq           integer NOT NULL,
  attempt             integer NOT NULL,
  worker_id           text,
  started_at          timestamptz,
  finished_at         timestamptz NOT NULL DEFAULT now(),
  outcome             text NOT NULL,
  error_code          text,
  exc_type            text,
  exc_message         text,
  retry_delay_seconds double precision,
  PRIMARY KEY (job_id, claim_seq)
);

-- Which job a submission with an idempotency key became. Apart from the jobs, because only few have one.
CREATE TABLE idempotency (
  project_id  text NOT NULL,
  key         text NOT NULL,
  -- SHA-256 of what was submitted: the same key with something else is a mistake of the caller.
  fingerprint text NOT NULL,
  job_id      uuid NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, key)
);

-- How many jobs are in which state, without ever counting them: each statement that changes jobs leaves one row
-- a (queue, task, state) here, the scheduler folds them into job_count, a reader adds both.
CREATE TABLE job_count_delta (
  queue text NOT NULL,
  task  text NOT NULL,
  state text NOT NULL,
  delta integer NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

CREATE TABLE job_count (
  queue text NOT NULL,
  task  text NOT NULL,
  state text NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (queue, task, state)
) WITH (fillfactor = 50);

-- How many jobs ended in which state in which minute.
CREATE TABLE job_minute (
  minute timestamptz NOT NULL,
  queue  text NOT NULL,
  task   text NOT NULL,
  state  text NOT NULL,
  count  bigint NOT NULL,
  PRIMARY KEY (minute, queue, task, state)
) WITH (fillfactor = 50);

CREATE FUNCTION job_count_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO millrace.job_count_delta (queue, task, state, delta)
  SELECT queue, task, state, count(*) FROM new_rows GROUP BY queue, task, state;
  RETURN NULL;
END $$;

CREATE FUNCTION job_count_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO millrace.job_count_delta (queue, task, state, delta)
  SELECT queue, task, state, sum(one)
  FROM (SELECT queue, task, state, 1 AS one FROM new_rows UNION ALL SELECT queue, task, state, -1 FROM old_rows) changed
  GROUP BY queue, task, state
  HAVING sum(one) <> 0;
  RETURN NULL;
END $$;

CREATE TRIGGER job_count_inserted AFTER INSERT ON job
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION job_count_inserted();
CREATE TRIGGER job_count_updated AFTER UPDATE ON job
  REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION job_count_updated();

-- A kind of work, as the workers that know it have registered it. Limits are seconds.
CREATE TABLE task (
  name            text PRIMARY KEY,
  queue           text NOT NULL,
  priority        smallint NOT NULL CHECK (priority BETWEEN 0 AND 10),
  max_retries     integer NOT NULL,
  retry_delay     double precision NOT NULL,
  retry_factor    double precision NOT NULL,
  retry_cap       double precision NOT NULL,
  retry_jitter    boolean NOT NULL,
  soft_time_limit double precision,
  time_limit      double precision,
  result_ttl      double precision NOT NULL,
  rate_limit      text,
  isolated        boolean NOT NULL,
  args_schema     jsonb NOT NULL,
  registered_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE queue (
  name            text PRIMARY KEY,
  priority        smallint NOT NULL CHECK (priority BETWEEN 0 AND 10),
  paused          boolean NOT NULL DEFAULT false,
  rate_limit      text,
  max_concurrency integer
);

-- How far each lane has been received: every hint written before received_through has reached some worker.
-- A PENDING job whose hint is older than that, and which nobody has claimed, has lost its hint. A job that waits
-- in a deep backlog has not: its hint is newer than what has been received.
CREATE TABLE lane (
  queue            text NOT NULL,
  lane             text NOT NULL,
  received_through timestamptz NOT NULL,
  PRIMARY KEY (queue, lane)
) WITH (fillfactor = 50);

CREATE FUNCTION lane_of(priority smallint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN priority >= 9 THEN 'urgent' WHEN priority >= 6 THEN 'high' WHEN priority >= 3 THEN 'normal' ELSE 'low' END
$$;

-- One row for each worker process, renewed by its heartbeat.
CREATE TABLE worker (
  id             text PRIMARY KEY,
  host           text NOT NULL,
  version        text NOT NULL,
  state          text NOT NULL CHECK (state IN ('ACTIVE', 'DRAINING', 'STOPPED', 'LOST')),
  queues         text[] NOT NULL,
  concurrency    integer NOT NULL,
  active         jsonb NOT NULL DEFAULT '[]',
  processed      bigint NOT NULL DEFAULT 0,
  failed         bigint NOT NULL DEFAULT 0,
  retried        bigint NOT NULL DEFAULT 0,
  memory_bytes   bigint NOT NULL DEFAULT 0,
  started_at     timestamptz NOT NULL DEFAULT now(),
  last_heartbeat timestamptz NOT NULL DEFAULT now(),
  -- Set once a LOST worker's jobs have been rescued.
  rescued_at     timestamptz
) WITH (fillfactor = 50);
