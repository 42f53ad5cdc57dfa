-- Batches: jobs that belong together and that, through what they depend on, form a graph without cycles.
-- docs/decisions/0013-a-trigger-follows-the-graph.md says why a trigger and not the statements that end jobs.

-- One kind of end gives the batch its name, several kinds make it MIXED. BatchStatus in Java says the same.
CREATE FUNCTION batch_status(total integer, completed integer, failed integer, cancelled integer, started boolean)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN completed + failed + cancelled < total
      THEN CASE WHEN started OR completed + failed + cancelled > 0 THEN 'RUNNING' ELSE 'PENDING' END
    WHEN failed = 0 AND cancelled = 0 THEN 'COMPLETED'
    WHEN completed = 0 AND cancelled = 0 THEN 'FAILED'
    WHEN completed = 0 AND failed = 0 THEN 'CANCELLED'
    ELSE 'MIXED' END
$$;

-- fillfactor 50 and no index on a counter, because the counters change with every statement that ends jobs of it.
CREATE TABLE batch (
  id                uuid PRIMARY KEY,
  name              text,
  on_parent_failure text NOT NULL CHECK (on_parent_failure IN ('cancel', 'run')),
  total             integer NOT NULL CHECK (total > 0),
  -- How many have ended, and how. What has not is active.
  completed         integer NOT NULL DEFAULT 0,
  failed            integer NOT NULL DEFAULT 0,
  cancelled         integer NOT NULL DEFAULT 0,
  started_at        timestamptz,
  finished_at       timestamptz,
  status            text NOT NULL GENERATED ALWAYS AS
                      (batch_status(total, completed, failed, cancelled, started_at IS NOT NULL)) STORED,
  callback_url      text,
  -- Set in the transaction that ends the batch, cleared if the batch goes on after all, and by whoever makes a job of
  -- the callback, in the transaction that inserts that job.
  callback_due_at   timestamptz,
  project_id        text,
  created_at        timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

CREATE INDEX batch_open ON batch (id) WHERE finished_at IS NULL;
CREATE INDEX batch_callback_due ON batch (callback_due_at) WHERE callback_due_at IS NOT NULL;

-- What a job is within its batch. A job is BLOCKED exactly as long as open_parents is more than 0; apart from the job,
-- so that a job's own row is written once when it is released, however many parents it has.
CREATE TABLE batch_job (
  job_id       uuid PRIMARY KEY,
  batch_id     uuid NOT NULL,
  key          text NOT NULL,
  -- Whether it runs even if a parent has failed or was cancelled, instead of being cancelled itself.
  runs_anyway  boolean NOT NULL,
  open_parents integer NOT NULL,
  UNIQUE (batch_id, key)
) WITH (fillfactor = 60);

CREATE TABLE dependency (
  parent_id uuid NOT NULL,
  child_id  uuid NOT NULL,
  PRIMARY KEY (parent_id, child_id)
);

-- What follows from jobs of batches having ended, or having been opened again: counters, releases, cancellations.
--
-- The row of the batch is locked first, so one batch is followed by one transaction at a time: of two that end two
-- parents of one job, exactly the second releases it. BLOCKED jobs are changed under that lock only, and its holder
-- waits for no other jobs: so whoever has changed jobs and now waits for the lock is never waited for.
--
-- The settings keep every step a look-up by key: a plan made while the tables were small must not read all of them
-- when they have grown.
CREATE FUNCTION follow_batches(ids uuid[], batches uuid[], was text[], becomes text[]) RETURNS void LANGUAGE plpgsql
SET search_path = millrace SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
AS $$
DECLARE
  ended    uuid[];
  reopened uuid[];
  broken   uuid[];
  root     uuid;
  reason   text;
  found    uuid[];
  doomed   uuid[] := '{}';
  reasons  text[] := '{}';
  ready    uuid[];
BEGIN
  PERFORM 1 FROM batch WHERE id = ANY (batches) ORDER BY id FOR UPDATE;

  UPDATE batch b
  SET completed = b.completed + d.completed, failed = b.failed + d.failed, cancelled = b.cancelled + d.cancelled,
      finished_at = CASE WHEN b.completed + b.failed + b.cancelled + d.ended >= b.total
                         THEN coalesce(b.finished_at, now()) END,
      callback_due_at = CASE WHEN b.completed + b.failed + b.cancelled + d.ended < b.total OR b.callback_url IS NULL THEN NULL
                             WHEN b.finished_at IS NULL THEN now()
                             ELSE b.callback_due_at END
  FROM (
    SELECT batch_id, sum(one) AS ended,
      sum(one) FILTER (WHERE state = 'SUCCESS') AS completed,
      sum(one) FILTER (WHERE state = 'FAILURE') AS failed,
      sum(one) FILTER (WHERE state = 'REVOKED') AS cancelled
    FROM (
      SELECT u.batch_id, v.state, v.one
      FROM unnest(batches, was, becomes) AS u(batch_id, was, becomes), LATERAL (VALUES (u.was, -1), (u.becomes, 1)) AS v(state, one)
      WHERE v.state IN ('SUCCESS', 'FAILURE', 'REVOKED')
    ) changed
    GROUP BY batch_id
  ) AS s(batch_id, ended, completed, failed, cancelled),
  LATERAL (SELECT s.ended::int, coalesce(s.completed, 0)::int, coalesce(s.failed, 0)::int, coalesce(s.cancelled, 0)::int)
    AS d(ended, completed, failed, cancelled)
  WHERE b.id = s.batch_id;

  SELECT array_agg(u.id) FILTER (WHERE u.becomes IN ('SUCCESS', 'FAILURE', 'REVOKED')),
         array_agg(u.id) FILTER (WHERE u.becomes IN ('FAILURE', 'REVOKED')),
         array_agg(u.id) FILTER (WHERE u.was IN ('SUCCESS', 'FAILURE', 'REVOKED'))
  INTO ended, broken, reopened
  FROM unnest(ids, was, becomes) AS u(id, was, becomes)
  WHERE (u.was IN ('SUCCESS', 'FAILURE', 'REVOKED')) <> (u.becomes IN ('SUCCESS', 'FAILURE', 'REVOKED'));

  IF reopened IS NOT NULL THEN
    UPDATE batch_job c SET open_parents = c.open_parents + m.more
    FROM (SELECT child_id, count(*)::int AS more FROM dependency WHERE parent_id = ANY (reopened) GROUP BY child_id) m
    WHERE c.job_id = m.child_id AND c.open_parents > 0;
  END IF;

  IF ended IS NULL THEN
    RETURN;
  END IF;

  -- What was ended while it waited waits for nothing any more.
  IF 'BLOCKED' = ANY (was) THEN
    UPDATE batch_job SET open_parents = 0 WHERE job_id = ANY (ended) AND open_parents > 0;
  END IF;

  -- One root after the other, so that each job knows which it was; what an earlier one has cancelled is not looked at
  -- again, so each job and each edge is seen once, whatever the shape of the graph.
  FOR root, reason IN
    SELECT p.job_id, p.key FROM batch_job p
    WHERE p.job_id = ANY (broken)
      AND EXISTS (SELECT 1 FROM dependency d JOIN batch_job c ON c.job_id = d.child_id
                  WHERE d.parent_id = p.job_id AND c.open_parents > 0 AND NOT c.runs_anyway)
  LOOP
    WITH RECURSIVE cancelled AS (
      SELECT c.job_id FROM dependency d JOIN batch_job c ON c.job_id = d.child_id
      WHERE d.parent_id = root AND c.open_parents > 0 AND NOT c.runs_anyway
      UNION
      SELECT c.job_id FROM cancelled p JOIN dependency d ON d.parent_id = p.job_id JOIN batch_job c ON c.job_id = d.child_id
      WHERE c.open_parents > 0 AND NOT c.runs_anyway
    ), marked AS (
      UPDATE batch_job SET open_parents = 0 WHERE job_id = ANY (ARRAY(SELECT job_id FROM cancelled)) RETURNING job_id
    )
    SELECT array_agg(m.job_id) INTO found FROM marked m;
    IF found IS NOT NULL THEN
      doomed := doomed || found;
      reasons := reasons || array_fill(reason, ARRAY[cardinality(found)]);
    END IF;
  END LOOP;

  WITH fewer AS (
    SELECT child_id, count(*)::int AS fewer FROM dependency WHERE parent_id = ANY (ended) GROUP BY child_id
  ), lowered AS (
    UPDATE batch_job c SET open_parents = greatest(0, c.open_parents - f.fewer) FROM fewer f
    WHERE c.job_id = f.child_id AND c.open_parents > 0
    RETURNING c.job_id, c.open_parents
  )
  SELECT array_agg(l.job_id) INTO ready FROM lowered l WHERE l.open_parents = 0;

  IF ready IS NOT NULL THEN
    UPDATE job
    SET state = CASE WHEN eta > now() THEN 'SCHEDULED' ELSE 'PENDING' END, due_at = CASE WHEN eta > now() THEN eta END,
        hinted_at = now()
    WHERE id = ANY (ready) AND state = 'BLOCKED';
  END IF;

  -- All of them in one statement: it is followed in turn, which counts them, and releases what runs anyway.
  IF doomed <> '{}' THEN
    UPDATE job j
    SET state = 'REVOKED', finished_at = now(),
        error = jsonb_build_object('code', 'parent_failed', 'exc_type', 'ParentFailed', 'exc_message', 'parent failed: ' || u.key)
    FROM unnest(doomed, reasons) AS u(id, key)
    WHERE j.id = u.id AND j.state = 'BLOCKED';
  END IF;
END $$;

-- A batch has begun. Who finds its row locked leaves it: either another start is noting the same, or jobs of the batch
-- are ending, which says as much.
CREATE FUNCTION start_batches(batches uuid[]) RETURNS void LANGUAGE plpgsql
SET search_path = millrace SET enable_seqscan = off
AS $$
BEGIN
  UPDATE batch SET started_at = now()
  WHERE id = ANY (ARRAY(SELECT id FROM batch WHERE id = ANY (batches) AND started_at IS NULL ORDER BY id FOR UPDATE SKIP LOCKED));
END $$;

-- One look at what a statement has changed; where no job belongs to a batch, that is all. Old and new rows are brought
-- together by grouping and not by a join, which would be planned for the number of rows of the first call.
CREATE FUNCTION job_batch_followed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ids      uuid[];
  batches  uuid[];
  was      text[];
  becomes  text[];
  starting uuid[];
BEGIN
  IF NOT EXISTS (SELECT 1 FROM new_rows WHERE batch_id IS NOT NULL) THEN
    RETURN NULL;
  END IF;
  SELECT array_agg(c.id) FILTER (WHERE c.counts), array_agg(c.batch_id) FILTER (WHERE c.counts),
         array_agg(c.was) FILTER (WHERE c.counts), array_agg(c.becomes) FILTER (WHERE c.counts),
         array_agg(DISTINCT c.batch_id) FILTER (WHERE c.becomes = 'STARTED' AND c.was <> 'STARTED')
  INTO ids, batches, was, becomes, starting
  FROM (
    SELECT s.id, s.batch_id, max(s.was) AS was, max(s.becomes) AS becomes,
      max(s.was) <> max(s.becomes)
        AND (max(s.was) IN ('SUCCESS', 'FAILURE', 'REVOKED') OR max(s.becomes) IN ('SUCCESS', 'FAILURE', 'REVOKED')) AS counts
    FROM (
      SELECT id, batch_id, NULL::text AS was, state AS becomes FROM new_rows WHERE batch_id IS NOT NULL
      UNION ALL
      SELECT id, batch_id, state, NULL FROM old_rows WHERE batch_id IS NOT NULL
    ) s
    GROUP BY s.id, s.batch_id
  ) c;
  IF starting IS NOT NULL THEN
    PERFORM millrace.start_batches(starting);
  END IF;
  IF ids IS NOT NULL THEN
    PERFORM millrace.follow_batches(ids, batches, was, becomes);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER job_batch_followed AFTER UPDATE ON job
  REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION job_batch_followed();
