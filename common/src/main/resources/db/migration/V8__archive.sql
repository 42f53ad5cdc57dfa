-- Finished jobs leave the hot table, and everything that is kept for a time is forgotten at its end.
-- docs/decisions/0017-finished-jobs-leave-by-whole-partitions.md says why, docs/retention.md what it means for users.

-- The hot table is to stay small while jobs flow through it: dead rows are cleared away early and with few pauses, so
-- that their space is used again. It is not cut off at its end, because that takes a lock that stops everybody.
ALTER TABLE job SET (
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_limit = 2000,
  vacuum_truncate = false);
ALTER TABLE attempt SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000);

-- A row that comes in as finished is not a new job: it comes back from finished_job, and has been counted all the time.
-- Looked at after grouping, so that it costs a look at each group and not at each row.
CREATE OR REPLACE FUNCTION job_count_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO millrace.job_count_delta (queue, task, state, delta)
  SELECT queue, task, state, delta
  FROM (SELECT queue, task, state, count(*) AS delta FROM new_rows GROUP BY queue, task, state OFFSET 0) grouped
  WHERE state NOT IN ('SUCCESS', 'FAILURE', 'REVOKED');
  RETURN NULL;
END $$;

-- Jobs that have finished, until they are forgotten. Rows are written once and never changed, so there may be an index
-- for each way of looking for them. One partition for each moment at which something is forgotten: forgetting is to drop
-- it. A partition is made by whoever first has a row for it.
CREATE TABLE finished_job (
  id               uuid NOT NULL,
  forget_at        timestamptz NOT NULL,
  -- The partition of finished_result that has its result; null where none is kept.
  result_forget_at timestamptz,
  task             text NOT NULL,
  queue            text NOT NULL,
  priority         smallint NOT NULL,
  state            text NOT NULL CHECK (state IN ('SUCCESS', 'FAILURE', 'REVOKED')),
  claim_seq        integer NOT NULL,
  attempt          integer NOT NULL,
  failures         integer NOT NULL,
  losses           integer NOT NULL,
  worker_id        text,
  created_at       timestamptz NOT NULL,
  started_at       timestamptz,
  finished_at      timestamptz NOT NULL,
  eta              timestamptz,
  expires_at       timestamptz,
  max_retries      integer NOT NULL,
  retry_delay      double precision NOT NULL,
  soft_time_limit  double precision,
  time_limit       double precision,
  result_ttl       double precision NOT NULL,
  args             jsonb NOT NULL,
  error            jsonb,
  -- Its rows of the table attempt, in order; null where it had none.
  attempts         jsonb,
  trace_id         text,
  project_id       text,
  batch_id         uuid,
  parent_id        uuid,
  root_id          uuid,
  tags             text[] NOT NULL,
  rate_key         text,
  callback_url     text,
  PRIMARY KEY (id, forget_at)
) PARTITION BY LIST (forget_at);

CREATE INDEX finished_job_failed ON finished_job (id) WHERE state <> 'SUCCESS';
CREATE INDEX finished_job_task ON finished_job (task, id);
CREATE INDEX finished_job_queue ON finished_job (queue, id);
CREATE INDEX finished_job_batch ON finished_job (batch_id, id) WHERE batch_id IS NOT NULL;
CREATE INDEX finished_job_project ON finished_job (project_id, id) WHERE project_id IS NOT NULL;

-- Their results, apart from them because they are forgotten sooner.
CREATE TABLE finished_result (
  job_id      uuid NOT NULL,
  forget_at   timestamptz NOT NULL,
  result      jsonb,
  result_gzip bytea,
  PRIMARY KEY (job_id, forget_at)
) PARTITION BY LIST (forget_at);
ALTER TABLE finished_result ALTER COLUMN result_gzip SET STORAGE EXTERNAL;

-- How many jobs are in each partition of finished_job, so that nobody has to look when it is dropped: a row for each step
-- that has moved jobs in or, below zero, out.
CREATE TABLE finished_tally (
  forget_at timestamptz NOT NULL,
  queue     text NOT NULL,
  task      text NOT NULL,
  state     text NOT NULL,
  count     bigint NOT NULL
);
CREATE INDEX finished_tally_forget_at ON finished_tally (forget_at);

-- The longer something is kept, the coarser the moments at which it is forgotten, so that there are never many
-- partitions: an hour, a day, a week, four weeks. Each is a multiple of the one before.
CREATE FUNCTION forgetting_grain(kept double precision) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN kept <= 172800 THEN 3600 WHEN kept <= 3888000 THEN 86400 WHEN kept <= 34560000 THEN 604800 ELSE 2419200 END
$$;

-- When something is forgotten that ended then and is kept for at least so many seconds. Never before as_of: what should
-- have been forgotten already goes with the next that is.
CREATE FUNCTION forget_at(ended timestamptz, kept double precision, as_of timestamptz) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT to_timestamp((ceil(extract(epoch FROM greatest(ended + kept * interval '1 second', as_of + interval '1 second'))
                            / millrace.forgetting_grain(kept)) * millrace.forgetting_grain(kept))::double precision)
$$;

-- The partitions there are. Their names say when they are forgotten, in UTC: finished_job_2026_01_31_00.
CREATE VIEW finished_partition AS
SELECT parent.relname::text AS parent, part.relname::text AS name,
  make_timestamptz(split_part(part.relname, '_', 3)::int, split_part(part.relname, '_', 4)::int, split_part(part.relname, '_', 5)::int,
                   split_part(part.relname, '_', 6)::int, 0, 0, 'UTC') AS forget_at
FROM pg_inherits i JOIN pg_class part ON part.oid = i.inhrelid JOIN pg_class parent ON parent.oid = i.inhparent
WHERE i.inhparent IN ('millrace.finished_job'::regclass, 'millrace.finished_result'::regclass);

-- Makes a partition unless it is there. Attaching a table waits for nobody who reads or writes the others, where
-- CREATE TABLE … PARTITION OF would stop them all.
CREATE FUNCTION make_partition(of_table text, forget_at timestamptz) RETURNS void LANGUAGE plpgsql
SET search_path = millrace SET lock_timeout = '2s'
AS $$
DECLARE
  its_name CONSTANT text := of_table || to_char(make_partition.forget_at AT TIME ZONE 'UTC', '_YYYY_MM_DD_HH24');
BEGIN
  IF EXISTS (SELECT 1 FROM finished_partition WHERE name = its_name) THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('millrace.make_partition'));
  IF EXISTS (SELECT 1 FROM finished_partition WHERE name = its_name) THEN
    RETURN;
  END IF;
  -- What is only ever added to and dropped whole is not worth a vacuum.
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE) WITH (autovacuum_vacuum_insert_threshold = -1)',
    its_name, of_table);
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%L)', of_table, its_name, make_partition.forget_at);
END $$;

-- Forgets one partition whose time has come, if there is one. It waits for readers only for a moment, because whoever
-- comes after it waits for it: if it was in vain, it says so and is called again later. Jobs that are forgotten are
-- counted no more.
CREATE FUNCTION forget_partition(as_of timestamptz, OUT dropped text, OUT jobs bigint, OUT busy boolean) LANGUAGE plpgsql
SET search_path = millrace SET lock_timeout = '200ms'
AS $$
DECLARE
  due record;
BEGIN
  jobs := 0;
  busy := NOT pg_try_advisory_xact_lock(hashtext('millrace.forget_partition'));
  IF busy THEN
    RETURN;
  END IF;
  SELECT * INTO due FROM finished_partition p WHERE p.forget_at <= as_of ORDER BY p.forget_at, p.parent LIMIT 1;
  IF NOT found THEN
    RETURN;
  END IF;
  BEGIN
    IF due.parent = 'finished_job' THEN
      -- From here on none of its jobs comes back, so that what is counted is what goes.
      EXECUTE format('LOCK TABLE ONLY %I IN SHARE MODE', due.name);
      WITH gone AS (
        DELETE FROM finished_tally t WHERE t.forget_at = due.forget_at RETURNING t.queue, t.task, t.state, t.count
      ), summed AS (
        SELECT g.queue, g.task, g.state, sum(g.count)::bigint AS n FROM gone g GROUP BY g.queue, g.task, g.state
        ORDER BY g.queue, g.task, g.state
      ), counted AS (
        INSERT INTO job_count AS c (queue, task, state, count)
        SELECT s.queue, s.task, s.state, -s.n FROM summed s
        ON CONFLICT (queue, task, state) DO UPDATE SET count = c.count + excluded.count
      )
      SELECT coalesce(sum(s.n), 0) INTO jobs FROM summed s;
    END IF;
    -- Last, because from here to the commit nobody reads finished jobs.
    EXECUTE format('DROP TABLE %I', due.name);
    dropped := due.name;
  EXCEPTION WHEN lock_not_available THEN
    jobs := 0;
    busy := true;
  END;
END $$;
