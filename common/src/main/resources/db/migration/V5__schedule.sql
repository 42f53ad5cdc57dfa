-- Jobs that recur, and jobs submitted in SQL.

CREATE TABLE schedule (
  name          text PRIMARY KEY,
  task          text NOT NULL,
  args          jsonb NOT NULL,
  queue         text,
  priority      smallint CHECK (priority BETWEEN 0 AND 10),
  -- One of three: an expression in a time zone, seconds from a start, a moment.
  cron          text,
  timezone      text NOT NULL DEFAULT 'UTC',
  every         double precision CHECK (every >= 1),
  starts_at     timestamptz CHECK ((starts_at IS NOT NULL) = (every IS NOT NULL)),
  fires_at      timestamptz,
  misfire       text NOT NULL CHECK (misfire IN ('SKIP', 'ONCE', 'ALL')),
  misfire_limit integer NOT NULL CHECK (misfire_limit > 0),
  overlap       text NOT NULL CHECK (overlap IN ('ALLOW', 'SKIP', 'CANCEL_PREVIOUS')),
  enabled       boolean NOT NULL,
  -- From configuration, as it was written there the last time: what an operator has changed over HTTP since stays until
  -- the configuration changes. Null where it is no longer there.
  declared      boolean NOT NULL DEFAULT false,
  declaration   text,
  -- The first tick that nothing has become of yet. Null where none will come, or none is wanted.
  next_fire_at  timestamptz CHECK (next_fire_at IS NULL OR enabled),
  last_fire_at  timestamptz,
  last_job_id   uuid,
  -- Why it cannot fire at all, such as a time zone that this build no longer knows.
  fault         text,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CHECK (num_nonnulls(cron, every, fires_at) = 1)
) WITH (fillfactor = 50);

CREATE INDEX schedule_due ON schedule (next_fire_at) WHERE next_fire_at IS NOT NULL;

-- What became of each tick. The key is why any number of schedulers fire it once: the row, the job and the schedule's
-- next tick are written in one transaction.
CREATE TABLE firing (
  schedule  text NOT NULL,
  fire_time timestamptz NOT NULL,
  outcome   text NOT NULL CHECK (outcome IN ('FIRED', 'MISSED', 'OVERLAP', 'MANUAL')),
  job_id    uuid,
  fired_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (schedule, fire_time)
);
CREATE INDEX firing_time ON firing (fire_time);

-- Jobs that were submitted in SQL and wait for their first hint. It mentions no column that changes between a claim and
-- its record, so those stay HOT, and it holds nothing but what is on its way.
CREATE INDEX job_unhinted ON job (id) WHERE hinted_at IS NULL;

-- UUID version 7 (RFC 9562): the order of ids is the order of submission. PostgreSQL makes them itself from 18 on.
DO $do$
BEGIN
  IF current_setting('server_version_num')::int >= 180000 THEN
    CREATE FUNCTION new_job_id() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS 'SELECT pg_catalog.uuidv7()';
  ELSE
    -- A random (version 4) one with 48 bits of milliseconds in front, and its version turned from 4 into 7.
    CREATE FUNCTION new_job_id() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $id$
      SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
    $id$;
  END IF;
END $do$;

-- What is wrong with arguments, as far as their schema's first level says: what is required, what is too much, and of
-- which type. Null if nothing is. The worker checks all of it before it runs the task.
CREATE FUNCTION args_problem(args_schema jsonb, args jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(
    (SELECT 'args.' || required || ' is required'
     FROM jsonb_array_elements_text(CASE WHEN jsonb_typeof(args_schema -> 'required') = 'array' THEN args_schema -> 'required' ELSE '[]' END) AS required
     WHERE NOT args ? required
     ORDER BY required LIMIT 1),
    (SELECT 'args.' || key || ' is not an argument of this task'
     FROM jsonb_object_keys(args) AS key
     WHERE args_schema -> 'additionalProperties' = 'false' AND NOT coalesce(args_schema -> 'properties', '{}') ? key
     ORDER BY key LIMIT 1),
    (SELECT 'args.' || given.key || ' must be of type ' || (asked.type #>> '{}') || ', but is of type ' || jsonb_typeof(given.value)
     FROM jsonb_each(args) AS given
     CROSS JOIN LATERAL (SELECT args_schema -> 'properties' -> given.key -> 'type' AS type) AS asked
     WHERE jsonb_typeof(asked.type) IN ('string', 'array')
       AND NOT asked.type @> to_jsonb(jsonb_typeof(given.value))
       AND NOT (asked.type @> '"integer"' AND jsonb_typeof(given.value) = 'number' AND given.value::numeric % 1 = 0)
     ORDER BY given.key LIMIT 1))
$$;

-- Submits a job in the caller's own transaction: committed means that it will run, rolled back means that it never was.
-- docs/sql.md says how to use it. It runs with the caller's rights.
CREATE FUNCTION submit(
  task            text,
  args            jsonb DEFAULT '{}',
  queue           text DEFAULT NULL,
  priority        integer DEFAULT NULL,
  countdown       double precision DEFAULT 0,
  eta             timestamptz DEFAULT NULL,
  expires         timestamptz DEFAULT NULL,
  max_retries     integer DEFAULT NULL,
  retry_delay     double precision DEFAULT NULL,
  soft_time_limit double precision DEFAULT NULL,
  time_limit      double precision DEFAULT NULL,
  result_ttl      double precision DEFAULT NULL,
  idempotency_key text DEFAULT NULL,
  callback_url    text DEFAULT NULL,
  trace_id        text DEFAULT NULL,
  project_id      text DEFAULT NULL,
  tags            text[] DEFAULT '{}',
  rate_key        text DEFAULT NULL
) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS $$
DECLARE
  -- As far ahead, or as long, as anything may be: ten years.
  longest     CONSTANT double precision := 315360000;
  called      CONSTANT timestamptz := clock_timestamp();
  known       millrace.task%ROWTYPE;
  its_queue   millrace.queue%ROWTYPE;
  id          uuid := millrace.new_job_id();
  due         timestamptz;
  hard        double precision;
  soft        double precision;
  wrong       text;
  fingerprint text;
  earlier     record;
BEGIN
  SELECT * INTO known FROM millrace.task t WHERE t.name = submit.task;
  IF NOT found THEN
    RAISE EXCEPTION 'unknown_task: no worker has registered a task ''%''', submit.task USING ERRCODE = 'MR001';
  END IF;
  SELECT * INTO its_queue FROM millrace.queue q WHERE q.name = coalesce(submit.queue, known.queue);
  IF NOT found THEN
    RAISE EXCEPTION 'queue_not_found: there is no queue ''%''', coalesce(submit.queue, known.queue) USING ERRCODE = 'MR002';
  END IF;

  due := coalesce(submit.eta, CASE WHEN submit.countdown > 0 AND submit.countdown <= longest THEN called + submit.countdown * interval '1 second' END);
  IF due <= called THEN
    due := NULL;
  END IF;
  hard := coalesce(submit.time_limit, known.time_limit);
  soft := coalesce(submit.soft_time_limit, known.soft_time_limit);
  wrong := CASE
    WHEN submit.priority NOT BETWEEN 0 AND 10 THEN 'priority must be from 0 (last) to 10 (first)'
    WHEN submit.countdown IS NOT NULL AND submit.countdown <> 0 AND submit.eta IS NOT NULL THEN 'countdown cannot be combined with eta'
    WHEN submit.countdown NOT BETWEEN 0 AND longest THEN 'countdown must be from 0 to ' || longest || ' seconds'
    WHEN due > called + longest * interval '1 second' THEN 'eta is too far ahead'
    WHEN submit.expires <= coalesce(due, called) THEN 'expires must be later than the job becomes due'
    WHEN submit.max_retries NOT BETWEEN 0 AND 1000 THEN 'max_retries must be from 0 to 1000'
    WHEN submit.retry_delay NOT BETWEEN 0 AND longest THEN 'retry_delay must be from 0 to ' || longest || ' seconds'
    WHEN submit.time_limit <= 0 OR submit.time_limit > longest THEN 'time_limit must be greater than 0 and at most ' || longest || ' seconds'
    WHEN submit.soft_time_limit <= 0 OR submit.soft_time_limit > longest THEN 'soft_time_limit must be greater than 0 and at most ' || longest || ' seconds'
    WHEN submit.soft_time_limit > hard THEN 'soft_time_limit must not be beyond the time limit of ' || hard || ' seconds'
    WHEN submit.result_ttl NOT BETWEEN 0 AND longest THEN 'result_ttl must be from 0 to ' || longest || ' seconds'
    WHEN submit.callback_url !~* '^https?://[^/\s]' THEN 'callback_url must be an http or https address'
    WHEN cardinality(submit.tags) > 20 THEN 'tags must be at most 20'
    WHEN EXISTS (SELECT 1 FROM unnest(submit.tags) AS tag WHERE tag IS NULL OR length(tag) NOT BETWEEN 1 AND 100) THEN 'tags must have 1 to 100 characters each'
    WHEN length(submit.callback_url) > 2000 THEN 'callback_url must have at most 2000 characters'
    WHEN length(submit.idempotency_key) NOT BETWEEN 1 AND 200 THEN 'idempotency_key must have 1 to 200 characters'
    WHEN length(submit.trace_id) NOT BETWEEN 1 AND 200 THEN 'trace_id must have 1 to 200 characters'
    WHEN length(submit.project_id) NOT BETWEEN 1 AND 200 THEN 'project_id must have 1 to 200 characters'
    WHEN length(submit.rate_key) NOT BETWEEN 1 AND 200 THEN 'rate_key must have 1 to 200 characters'
  END;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'invalid_request: %', wrong USING ERRCODE = 'MR003';
  END IF;
  wrong := CASE WHEN jsonb_typeof(submit.args) IS DISTINCT FROM 'object' THEN 'args must be an object'
                ELSE millrace.args_problem(known.args_schema, submit.args) END;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'invalid_args: %', wrong USING ERRCODE = 'MR004', HINT = 'the schema is in millrace.task.args_schema';
  END IF;

  IF submit.idempotency_key IS NOT NULL THEN
    fingerprint := 'sql:' || encode(sha256(convert_to(jsonb_build_array(
      submit.task, submit.args, submit.queue, submit.priority, submit.countdown, submit.eta, submit.expires, submit.max_retries,
      submit.retry_delay, submit.soft_time_limit, submit.time_limit, submit.result_ttl, submit.callback_url, submit.trace_id,
      submit.project_id, submit.tags, submit.rate_key)::text, 'UTF8')), 'hex');
    INSERT INTO millrace.idempotency AS i (project_id, key, fingerprint, job_id)
    VALUES (coalesce(submit.project_id, ''), submit.idempotency_key, fingerprint, id)
    ON CONFLICT ON CONSTRAINT idempotency_pkey DO NOTHING;
    IF NOT found THEN
      SELECT i.fingerprint, i.job_id INTO earlier FROM millrace.idempotency i
      WHERE i.project_id = coalesce(submit.project_id, '') AND i.key = submit.idempotency_key;
      IF earlier.fingerprint = fingerprint THEN
        RETURN earlier.job_id;
      END IF;
      RAISE EXCEPTION 'idempotency_key_reused: the key ''%'' was used before for a submission that says something else', submit.idempotency_key
        USING ERRCODE = 'MR005';
    END IF;
  END IF;

  INSERT INTO millrace.job (id, task, queue, priority, state, due_at, eta, hinted_at, expires_at, max_retries, retry_delay,
    soft_time_limit, time_limit, result_ttl, args, trace_id, project_id, tags, rate_key, callback_url, created_at)
  VALUES (id, known.name, its_queue.name,
    -- A task's priority is meant among the jobs of its own queue.
    coalesce(submit.priority, CASE WHEN its_queue.name = known.queue THEN known.priority ELSE its_queue.priority END),
    CASE WHEN due IS NULL THEN 'PENDING' ELSE 'SCHEDULED' END, due, due,
    -- Null asks for a first hint; one that is not due yet gets its own when it is.
    CASE WHEN due IS NOT NULL THEN called END,
    submit.expires, coalesce(submit.max_retries, known.max_retries), coalesce(submit.retry_delay, known.retry_delay),
    -- Where only the hard limit was lowered, the task's soft one gives way.
    least(soft, hard), hard, coalesce(submit.result_ttl, known.result_ttl), submit.args, submit.trace_id, submit.project_id,
    coalesce(submit.tags, '{}'), submit.rate_key, submit.callback_url, called);

  -- Heard by the schedulers once this transaction has committed; equal ones of a transaction are heard once.
  IF due IS NULL THEN
    PERFORM pg_notify('millrace_submitted', '');
  ELSIF due <= called + interval '10 seconds' THEN
    PERFORM pg_notify('millrace_due', floor(extract(epoch FROM due) * 1000)::text);
  END IF;
  RETURN id;
END $$;
