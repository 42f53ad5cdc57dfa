-- Callbacks: somebody who named an address is told, by a POST, that a job or a batch has ended.
-- docs/decisions/0021-a-callback-is-a-job.md says why this is a trigger and a job of its own.

-- One row for each end that is told of: the message, and how its delivery goes. Its id is the message's, the same for
-- every attempt and every redelivery, so that a receiver can tell that it has heard of it before.
CREATE TABLE callback (
  id              uuid PRIMARY KEY,
  -- One of the two is what has ended.
  job_id          uuid,
  batch_id        uuid,
  event           text NOT NULL CHECK (event IN ('job.succeeded', 'job.failed', 'job.revoked',
                                                 'batch.completed', 'batch.failed', 'batch.cancelled', 'batch.mixed')),
  happened_at     timestamptz NOT NULL,
  url             text NOT NULL,
  project_id      text,
  trace_id        text,
  -- The job that delivers it, the last one if it was delivered again.
  delivery_id     uuid NOT NULL,
  attempts        integer NOT NULL DEFAULT 0,
  last_attempt_at timestamptz,
  -- What the receiver answered the last time; null where it gave no answer.
  last_status     integer,
  last_error      text,
  delivered_at    timestamptz,
  CHECK (num_nonnulls(job_id, batch_id) = 1)
) WITH (fillfactor = 70);

CREATE INDEX callback_job ON callback (job_id, id) WHERE job_id IS NOT NULL;
CREATE INDEX callback_batch ON callback (batch_id, id) WHERE batch_id IS NOT NULL;

-- Makes the jobs that deliver these callbacks, in the transaction that has made them. They have no hint, and so get it as
-- jobs do that are submitted in SQL. Where no worker has registered the task yet they wait for one; the end of a job must
-- not fail for that.
CREATE FUNCTION deliver_callbacks(callbacks uuid[]) RETURNS void LANGUAGE plpgsql
SET search_path = millrace
AS $$
DECLARE
  known task%ROWTYPE;
BEGIN
  SELECT * INTO known FROM task t WHERE t.name = 'deliver_callback';
  INSERT INTO job (id, task, queue, priority, state, max_retries, retry_delay, soft_time_limit, time_limit, result_ttl, args,
                   trace_id, project_id, parent_id, root_id)
  SELECT c.delivery_id, 'deliver_callback', coalesce(known.queue, 'webhooks'), coalesce(known.priority_set, known.priority, 5),
    'PENDING', coalesce(known.max_retries, 12), coalesce(known.retry_delay, 10), known.soft_time_limit, known.time_limit,
    coalesce(known.result_ttl, 86400), jsonb_build_object('callback_id', c.id), c.trace_id, c.project_id, c.job_id, c.job_id
  FROM callback c WHERE c.id = ANY (callbacks);
  -- Heard by the schedulers after the commit, once for a transaction.
  PERFORM pg_notify('millrace_submitted', '');
END $$;

-- One look at what a statement has changed; where no job that has ended names an address, that is all. Told of is what has
-- ended by this statement: a row that had ended before is in both tables. So each end is told once, whatever brings it
-- about, and a job that runs again and ends again is told of again.
CREATE FUNCTION job_called_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  made uuid[];
BEGIN
  IF NOT EXISTS (SELECT 1 FROM new_rows WHERE callback_url IS NOT NULL AND state IN ('SUCCESS', 'FAILURE', 'REVOKED')) THEN
    RETURN NULL;
  END IF;
  WITH inserted AS (
    INSERT INTO millrace.callback (id, job_id, event, happened_at, url, project_id, trace_id, delivery_id)
    SELECT millrace.new_job_id(), e.id,
      CASE e.state WHEN 'SUCCESS' THEN 'job.succeeded' WHEN 'FAILURE' THEN 'job.failed' ELSE 'job.revoked' END,
      coalesce(e.finished_at, now()), e.callback_url, e.project_id, e.trace_id, millrace.new_job_id()
    FROM (
      -- Of one row each is the only value.
      SELECT s.id, min(s.state) AS state, min(s.finished_at) AS finished_at, min(s.callback_url) AS callback_url,
        min(s.project_id) AS project_id, min(s.trace_id) AS trace_id
      FROM (
        SELECT id, true AS becomes, state, finished_at, callback_url, project_id, trace_id FROM new_rows
        WHERE callback_url IS NOT NULL AND state IN ('SUCCESS', 'FAILURE', 'REVOKED')
        UNION ALL
        SELECT id, false, NULL, NULL, NULL, NULL, NULL FROM old_rows
        WHERE callback_url IS NOT NULL AND state IN ('SUCCESS', 'FAILURE', 'REVOKED')
      ) s
      GROUP BY s.id HAVING bool_and(s.becomes)
    ) e
    RETURNING id
  )
  SELECT array_agg(i.id) INTO made FROM inserted i;
  IF made IS NOT NULL THEN
    PERFORM millrace.deliver_callbacks(made);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER job_called_back AFTER UPDATE ON job
  REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION job_called_back();

-- callback_due_at is set where a batch is counted, exactly when it ends, and a batch that has ended is not due again until
-- it has gone on and ended again. It is met here and now, so outside of a transaction nobody sees it.
CREATE FUNCTION batch_called_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  its_id uuid := millrace.new_job_id();
BEGIN
  INSERT INTO millrace.callback (id, batch_id, event, happened_at, url, project_id, delivery_id)
  VALUES (its_id, NEW.id, 'batch.' || lower(NEW.status), coalesce(NEW.finished_at, now()), NEW.callback_url, NEW.project_id,
          millrace.new_job_id());
  PERFORM millrace.deliver_callbacks(ARRAY[its_id]);
  UPDATE millrace.batch SET callback_due_at = NULL WHERE id = NEW.id;
  RETURN NULL;
END $$;

-- What ended before there were callbacks is not told of any more.
UPDATE batch SET callback_due_at = NULL WHERE callback_due_at IS NOT NULL;
DROP INDEX batch_callback_due;

CREATE TRIGGER batch_called_back AFTER UPDATE OF callback_due_at ON batch
  FOR EACH ROW WHEN (NEW.callback_due_at IS NOT NULL) EXECUTE FUNCTION batch_called_back();
