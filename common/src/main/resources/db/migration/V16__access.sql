-- API keys, the browser sessions that were opened with them, and what was changed by whom.

CREATE TABLE api_key (
  id             text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{16}$'),
  name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  role           text NOT NULL CHECK (role IN ('viewer', 'submitter', 'operator', 'admin')),
  project_id     text CHECK (length(project_id) BETWEEN 1 AND 200),
  -- SHA-256 in hex of 256 random bits: nothing to guess, so nothing to make slow.
  secret_hash    text NOT NULL CHECK (secret_hash ~ '^[0-9a-f]{64}$'),
  -- The secret before the last rotation, good for a while so that nobody has to change theirs at one moment.
  previous_hash  text CHECK (previous_hash ~ '^[0-9a-f]{64}$'),
  previous_until timestamptz,
  created_by     text NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT now(),
  expires_at     timestamptz,
  rotated_at     timestamptz,
  revoked_at     timestamptz,
  last_used_at   timestamptz,
  CHECK (project_id IS NULL OR role <> 'admin'),
  CHECK ((previous_hash IS NULL) = (previous_until IS NULL))
);

CREATE TABLE session (
  token_hash text PRIMARY KEY CHECK (token_hash ~ '^[0-9a-f]{64}$'),
  -- An API key's id, or which bootstrap key it was: a session ends with its key.
  key_id     text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);

CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE audit (
  -- Made of the time, so the order of ids is that of what happened.
  id         uuid PRIMARY KEY,
  at         timestamptz NOT NULL,
  caller     text NOT NULL,
  role       text NOT NULL,
  project_id text,
  method     text NOT NULL,
  route      text NOT NULL,
  target     text,
  status     smallint NOT NULL,
  address    text,
  trace_id   text
);

CREATE INDEX audit_caller ON audit (caller, id);
