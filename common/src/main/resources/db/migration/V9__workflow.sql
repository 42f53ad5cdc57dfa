-- Remote workflows: jobs of somebody else's HTTP API, submitted, polled and rolled up into batches (docs/workflows.md).
-- What the seed calls Job, Batch, WorkflowStatus, RetryHistory and StatusChange is here workflow_job, workflow_batch,
-- workflow_poll, workflow_retry and workflow_status_change. The jobs of Millrace that carry out the steps are in job.

-- The status follows from the counters as that of a batch does. They are changed with the status of a job, in the same
-- transaction, by a trigger.
CREATE TABLE workflow_batch (
  id          uuid PRIMARY KEY,
  name        text,
  total       integer NOT NULL CHECK (total > 0),
  completed   integer NOT NULL DEFAULT 0,
  failed      integer NOT NULL DEFAULT 0,
  cancelled   integer NOT NULL DEFAULT 0,
  started_at  timestamptz,
  finished_at timestamptz,
  status      text NOT NULL GENERATED ALWAYS AS
                (batch_status(total, completed, failed, cancelled, started_at IS NOT NULL)) STORED,
  project_id  text,
  created_at  timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

CREATE INDEX workflow_batch_open ON workflow_batch (id) WHERE finished_at IS NULL;

CREATE TABLE workflow_job (
  id            uuid PRIMARY KEY,
  batch_id      uuid NOT NULL REFERENCES workflow_batch ON DELETE CASCADE,
  name          text,
  -- What is sent to the remote side, as it was given.
  payload       jsonb NOT NULL,
  status        text NOT NULL DEFAULT 'PENDING'
                  CHECK (status IN ('PENDING', 'SUBMITTED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  -- Why it has this status, in words for a person.
  reason        text,
  -- How often it has been handed in, from 1: with the id it makes the remote side's idempotency key.
  submission    integer NOT NULL DEFAULT 1,
  workflow_id   text CHECK (workflow_id IS NOT NULL OR status IN ('PENDING', 'FAILED', 'CANCELLED')),
  progress      double precision CHECK (progress BETWEEN 0 AND 100),
  -- Of this submission: polls made, and how many of the last ones in a row had no answer.
  polls         integer NOT NULL DEFAULT 0,
  missed_polls  integer NOT NULL DEFAULT 0,
  submitted_at  timestamptz,
  next_poll_at  timestamptz,
  -- The job of Millrace that does the next step. While the row is open and that job has not ended, something will happen
  -- to it; both are changed in one transaction. Where it has ended, the recovery check makes another.
  step_job_id   uuid NOT NULL,
  -- The job of Millrace that cancels it, if somebody has asked for that.
  cancel_job_id uuid,
  -- How often the recovery check had to submit this submission again.
  recoveries    integer NOT NULL DEFAULT 0,
  project_id    text,
  created_at    timestamptz NOT NULL DEFAULT now(),
  finished_at   timestamptz CHECK ((finished_at IS NOT NULL) = (status IN ('COMPLETED', 'FAILED', 'CANCELLED')))
) WITH (fillfactor = 70);

CREATE INDEX workflow_job_batch ON workflow_job (batch_id, id);
CREATE INDEX workflow_job_open ON workflow_job (id) WHERE finished_at IS NULL;

-- Every poll, answered or not.
CREATE TABLE workflow_poll (
  workflow_job_id   uuid NOT NULL REFERENCES workflow_job ON DELETE CASCADE,
  submission        integer NOT NULL,
  poll              integer NOT NULL,
  workflow_id       text NOT NULL,
  polled_at         timestamptz NOT NULL DEFAULT now(),
  http_status       integer,
  -- As the remote side says it, and what that means here.
  remote_status     text,
  status            text,
  progress          double precision,
  message           text,
  error_code        text,
  -- When the next poll is to follow; null after the last one, and where the same poll is tried again.
  next_poll_seconds double precision,
  task_job_id       uuid NOT NULL,
  PRIMARY KEY (workflow_job_id, submission, poll)
);

-- Every failed try of a step. How long Millrace then waited is in the attempt of the same number.
CREATE TABLE workflow_retry (
  id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workflow_job_id     uuid NOT NULL REFERENCES workflow_job ON DELETE CASCADE,
  submission          integer NOT NULL,
  task                text NOT NULL,
  task_job_id         uuid NOT NULL,
  attempt             integer NOT NULL,
  error_code          text NOT NULL,
  http_status         integer,
  message             text NOT NULL,
  -- What the remote side asked for with Retry-After.
  retry_after_seconds double precision,
  failed_at           timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX workflow_retry_job ON workflow_retry (workflow_job_id, id);

CREATE TABLE workflow_status_change (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workflow_job_id uuid NOT NULL REFERENCES workflow_job ON DELETE CASCADE,
  submission      integer NOT NULL,
  from_status     text,
  to_status       text NOT NULL,
  workflow_id     text,
  reason          text,
  changed_at      timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX workflow_status_change_job ON workflow_status_change (workflow_job_id, id);

-- By triggers, so that no change of a status goes unrecorded and no batch disagrees with its jobs, whoever makes it.
CREATE FUNCTION workflow_jobs_inserted() RETURNS trigger LANGUAGE plpgsql SET search_path = millrace AS $$
BEGIN
  INSERT INTO workflow_status_change (workflow_job_id, submission, to_status, workflow_id, reason)
  SELECT id, submission, status, workflow_id, reason FROM new_rows ORDER BY id;
  RETURN NULL;
END $$;

CREATE TRIGGER workflow_jobs_inserted AFTER INSERT ON workflow_job
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION workflow_jobs_inserted();

-- By statement, so that ten thousand jobs that change together change their batch once. It runs when all of them are
-- locked, so a batch is always locked after its jobs.
CREATE FUNCTION workflow_jobs_updated() RETURNS trigger LANGUAGE plpgsql SET search_path = millrace AS $$
BEGIN
  INSERT INTO workflow_status_change (workflow_job_id, submission, from_status, to_status, workflow_id, reason)
  SELECT n.id, n.submission, o.status, n.status, n.workflow_id, n.reason
  FROM new_rows n JOIN old_rows o ON o.id = n.id
  WHERE n.status <> o.status
  ORDER BY n.id;
  IF NOT found THEN
    RETURN NULL;
  END IF;
  UPDATE workflow_batch b
  SET completed = b.completed + d.completed, failed = b.failed + d.failed, cancelled = b.cancelled + d.cancelled,
      started_at = coalesce(b.started_at, now()),
      finished_at = CASE WHEN b.completed + d.completed + b.failed + d.failed + b.cancelled + d.cancelled = b.total
                         THEN coalesce(b.finished_at, now()) END
  FROM (
    SELECT n.batch_id,
      sum((n.status = 'COMPLETED')::int - (o.status = 'COMPLETED')::int)::int AS completed,
      sum((n.status = 'FAILED')::int - (o.status = 'FAILED')::int)::int AS failed,
      sum((n.status = 'CANCELLED')::int - (o.status = 'CANCELLED')::int)::int AS cancelled
    FROM new_rows n JOIN old_rows o ON o.id = n.id
    WHERE n.status <> o.status
    GROUP BY n.batch_id
  ) d
  WHERE b.id = d.batch_id;
  RETURN NULL;
END $$;

CREATE TRIGGER workflow_jobs_updated AFTER UPDATE ON workflow_job
  REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION workflow_jobs_updated();
