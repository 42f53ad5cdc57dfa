-- Alerts: how they stand, what was told, and what has still to be delivered
-- (docs/decisions/0016-an-alert-is-a-row-and-told-from-an-outbox.md).

-- In order, so that rows can be compared by it.
CREATE TYPE alert_severity AS ENUM ('INFO', 'WARNING', 'CRITICAL');

-- How each kind of alert of each queue stands; no row means that nothing was ever wrong. Every scheduler measures, and
-- the version is why only one of them makes, and tells, a change: it is written for the version that was read.
CREATE TABLE queue_alert (
  queue               text NOT NULL,
  kind                text NOT NULL CHECK (kind IN ('backlog', 'oldest_age', 'failure_ratio', 'no_worker')),
  version             integer NOT NULL DEFAULT 1,
  level               alert_severity,
  -- The highest since it was raised.
  peak                alert_severity CHECK (peak >= level),
  -- Since when the measure has been on the other side of a severity's threshold than level says.
  info_turning_at     timestamptz,
  warning_turning_at  timestamptz,
  critical_turning_at timestamptz,
  -- What was told of it last, while it is raised.
  alert_id            uuid CHECK (alert_id IS NULL OR level IS NOT NULL),
  PRIMARY KEY (queue, kind),
  CHECK ((peak IS NULL) = (level IS NULL))
) WITH (fillfactor = 50);

-- What was told, whoever told it.
CREATE TABLE alert (
  id        uuid PRIMARY KEY DEFAULT new_job_id(),
  source    text NOT NULL,
  kind      text NOT NULL,
  event     text NOT NULL CHECK (event IN ('RAISED', 'CLEARED', 'HAPPENED')),
  severity  alert_severity NOT NULL,
  subject   text NOT NULL,
  title     text NOT NULL,
  message   text NOT NULL,
  -- [{"name", "label", "value"}]: an array, because it has an order.
  details   jsonb NOT NULL,
  -- Told once, whoever tells it how often.
  key       text UNIQUE,
  at        timestamptz NOT NULL,
  -- When its deliveries were written. Whoever tells something does not know the channels.
  spread_at timestamptz
);

CREATE INDEX alert_unspread ON alert (id) WHERE spread_at IS NULL;

-- The outbox: one row for each alert and channel.
CREATE TABLE alert_delivery (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert_id     uuid NOT NULL REFERENCES alert ON DELETE CASCADE,
  channel      text NOT NULL,
  -- Deliveries of one thread arrive in order: nobody shall hear that something is over before it hears of it.
  thread       text NOT NULL,
  attempts     integer NOT NULL DEFAULT 0,
  -- When it is tried next; while somebody tries, when another may. Null once it has been delivered or given up.
  due_at       timestamptz,
  delivered_at timestamptz,
  given_up_at  timestamptz,
  -- Never says where it went: an address is a secret.
  last_error   text,
  UNIQUE (alert_id, channel),
  CHECK (num_nonnulls(due_at, delivered_at, given_up_at) = 1)
) WITH (fillfactor = 50);

CREATE INDEX alert_delivery_due ON alert_delivery (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX alert_delivery_thread ON alert_delivery (channel, thread, alert_id) WHERE due_at IS NOT NULL;
