-- Limits on how often and how many jobs start, over the whole cluster.

-- What a task's code and the configuration say stands in task and queue; what is set over HTTP stands here, and wins.
-- For a key this is all there is: its name may end in *, which gives each key that begins so a limit of its own.
CREATE TABLE limit_rule (
  scope           text NOT NULL CHECK (scope IN ('task', 'queue', 'key')),
  name            text NOT NULL,
  -- null: as declared; 'none': not limited.
  rate_limit      text,
  -- null: as declared; 0: not limited.
  max_concurrency integer CHECK (max_concurrency >= 0),
  changed_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (scope, name)
);

ALTER TABLE task ADD COLUMN max_concurrency integer CHECK (max_concurrency > 0);
-- Set over HTTP; what the code says stands beside it.
ALTER TABLE task ADD COLUMN priority_set smallint CHECK (priority_set BETWEEN 0 AND 10);

-- One row for each limit that somebody has met. Whoever admits jobs under it holds its lock.
CREATE TABLE limit_use (
  -- Such as task:submit_job
  name text PRIMARY KEY,
  -- When jobs have started under it: [[microseconds since 1970, how many], ...]
  log  jsonb NOT NULL DEFAULT '[]'
) WITH (fillfactor = 50);

-- Runs that count against a limit on concurrency. A permit is worth something as long as its job is STARTED with this
-- claim_seq, so nobody has to give it back, and none can be lost: those worth nothing are thrown away on the way.
CREATE TABLE permit (
  name      text NOT NULL,
  job_id    uuid NOT NULL,
  claim_seq integer NOT NULL,
  PRIMARY KEY (name, job_id)
);

-- PENDING jobs that a worker has tried to start and that must wait for a limit. They hold neither slot nor hint; they
-- are called, with a new hint, as soon as their limits have room.
CREATE TABLE parked (
  job_id    uuid PRIMARY KEY,
  claim_seq integer NOT NULL,
  -- The limits it is under, as a JSON array of names in order: jobs with the same ones wait in one line.
  gate      text NOT NULL,
  priority  smallint NOT NULL,
  called_at timestamptz
);
CREATE INDEX parked_line ON parked (gate, priority DESC, job_id);
CREATE INDEX parked_called ON parked (gate) WHERE called_at IS NOT NULL;
