-- What people ask of a worker, and what it reports of its pool. The API writes wishes, the worker reads its own row,
-- does what is asked, and writes what is in force. A wish ends with its worker: an id is one process, and never comes back.
ALTER TABLE worker
  -- In force: between which bounds the number of slots moves, the same twice where it is fixed.
  ADD COLUMN slots_min             integer NOT NULL DEFAULT 1,
  ADD COLUMN slots_max             integer NOT NULL DEFAULT 1,
  ADD COLUMN running               integer NOT NULL DEFAULT 0,
  -- Hints in hand that wait for a slot.
  ADD COLUMN reserved              integer NOT NULL DEFAULT 0,
  ADD COLUMN threads_stuck         integer NOT NULL DEFAULT 0,
  ADD COLUMN tasks                 text[] NOT NULL DEFAULT '{}',
  -- Wishes: control_seq grows with each, met_seq follows once the last is in force.
  ADD COLUMN control_seq           integer NOT NULL DEFAULT 0,
  ADD COLUMN met_seq               integer NOT NULL DEFAULT 0,
  ADD COLUMN wanted_min            integer,
  ADD COLUMN wanted_max            integer,
  ADD COLUMN wanted_queues         text[],
  ADD COLUMN shutdown_requested_at timestamptz,
  -- A ping is answered by writing its number back.
  ADD COLUMN ping_seq              integer NOT NULL DEFAULT 0,
  ADD COLUMN pong_seq              integer NOT NULL DEFAULT 0,
  ADD COLUMN ponged_at             timestamptz;

UPDATE worker SET slots_min = concurrency, slots_max = concurrency;
