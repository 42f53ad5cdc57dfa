-- millrace.submit gives a job what a submission over HTTP gets, in every queue: what is configured for the task, what its
-- code says, what is configured for the queue, for all, and Millrace's own. A task's row had that for its own queue alone.

-- What is configured for the queue, where that says nothing, what is for all, and what Millrace itself says. Durations are
-- seconds, and a limit or an expiry of 0 is none.
ALTER TABLE queue ADD COLUMN says jsonb;
-- What is configured for the task, and where that says nothing, what its code says: only what is said.
ALTER TABLE task ADD COLUMN configured jsonb;

-- Submits a job in the caller's own transaction: committed means that it will run, rolled back means that it never was.
-- docs/sql.md says how to use it. It runs with the caller's rights.
CREATE OR REPLACE FUNCTION submit(
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
  said        jsonb;
  hard        double precision;
  soft        double precision;
  ttl         double precision;
  expiry      timestamptz;
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
  -- What the task says goes before what the queue does, each value by itself. Null where one of them was registered by an
  -- earlier version: the task's row has what its jobs get in its own queue.
  said := its_queue.says || known.configured;
  hard := coalesce(submit.time_limit, CASE WHEN said IS NULL THEN known.time_limit ELSE nullif((said ->> 'time_limit')::float8, 0) END);
  soft := coalesce(submit.soft_time_limit,
    CASE WHEN said IS NULL THEN known.soft_time_limit ELSE nullif((said ->> 'soft_time_limit')::float8, 0) END);
  ttl := coalesce(submit.result_ttl, CASE WHEN said IS NULL THEN known.result_ttl
                                          WHEN (said ->> 'ignore_result')::boolean THEN 0
                                          ELSE (said ->> 'result_ttl')::float8 END);
  expiry := coalesce(submit.expires, coalesce(due, called) + nullif((said ->> 'expires')::float8, 0) * interval '1 second');
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
    coalesce(submit.priority, CASE WHEN its_queue.name = known.queue THEN coalesce(known.priority_set, known.priority) ELSE its_queue.priority END),
    CASE WHEN due IS NULL THEN 'PENDING' ELSE 'SCHEDULED' END, due, due,
    -- Null asks for a first hint; one that is not due yet gets its own when it is.
    CASE WHEN due IS NOT NULL THEN called END,
    expiry, coalesce(submit.max_retries, (said ->> 'max_retries')::int, known.max_retries),
    coalesce(submit.retry_delay, (said ->> 'retry_delay')::float8, known.retry_delay),
    -- Where only the hard limit was lowered, the task's soft one gives way.
    CASE WHEN soft > hard THEN hard ELSE soft END, hard, ttl, submit.args, submit.trace_id, submit.project_id,
    coalesce(submit.tags, '{}'), submit.rate_key, submit.callback_url, called);

  -- Heard by the schedulers once this transaction has committed; equal ones of a transaction are heard once.
  IF due IS NULL THEN
    PERFORM pg_notify('millrace_submitted', '');
  ELSIF due <= called + interval '10 seconds' THEN
    PERFORM pg_notify('millrace_due', floor(extract(epoch FROM due) * 1000)::text);
  END IF;
  RETURN id;
END $$;
