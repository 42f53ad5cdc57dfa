-- Which job stands where only one may: a submission that asks to be unique takes or finds its row here. Apart from
-- the jobs, because only few are unique, and because a job's end must cost those nothing that are not: a finished job
-- frees its key by being finished, and whoever wants the key next finds that out.
CREATE TABLE unique_key (
  -- SHA-256 of the project and the key, or of the project, the task and its arguments.
  fingerprint      text PRIMARY KEY,
  job_id           uuid NOT NULL,
  -- Taken until then, whatever becomes of the job; null for no such period.
  until            timestamptz,
  -- Taken as long as the job has not finished.
  while_unfinished boolean NOT NULL,
  -- When the scheduler looks whether the row can go.
  check_at         timestamptz NOT NULL,
  CHECK (until IS NOT NULL OR while_unfinished)
) WITH (fillfactor = 80);

CREATE INDEX unique_key_check_at ON unique_key (check_at);

-- By which the scheduler finds the idempotency keys that are old enough to be forgotten.
CREATE INDEX idempotency_created_at ON idempotency (created_at);

-- A large result, compressed by the worker; result is null then. PostgreSQL is not to try to compress it again.
ALTER TABLE job ADD COLUMN result_gzip bytea;
ALTER TABLE job ALTER COLUMN result_gzip SET STORAGE EXTERNAL;

-- What the task's code says itself and does not leave to the defaults of its queue or of all. Null for a task that was
-- registered before there was this column: it says everything.
ALTER TABLE task ADD COLUMN says jsonb;
-- Whether a job whose run was lost with its worker is run again.
ALTER TABLE task ADD COLUMN acks_late boolean NOT NULL DEFAULT true;
