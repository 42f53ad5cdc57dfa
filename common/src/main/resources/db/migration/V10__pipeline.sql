-- Pipeline monitoring: pipelines, their executions with metrics and parents, anomalies, and lineage between addresses.

CREATE TABLE pipeline (
  id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name                text NOT NULL UNIQUE,
  -- How old the last insert, update or soft delete may be, and how long an execution may take. Null for whatever.
  freshness_seconds   double precision CHECK (freshness_seconds > 0),
  timeliness_seconds  double precision CHECK (timeliness_seconds > 0),
  -- What an execution's metrics are compared with, and from where on they are unusual. Null for what is configured.
  sample_window       integer CHECK (sample_window BETWEEN 2 AND 1000),
  min_samples         integer CHECK (min_samples BETWEEN 2 AND 1000),
  threshold           double precision CHECK (threshold > 0),
  -- Whether its freshness and timeliness are checked.
  active              boolean NOT NULL DEFAULT true,
  last_insert_at      timestamptz,
  last_update_at      timestamptz,
  last_soft_delete_at timestamptz,
  -- Since when it is known to be older than expected, so that one staleness is told of once. Null while it is fresh.
  stale_since         timestamptz,
  created_at          timestamptz NOT NULL DEFAULT now(),
  CHECK (min_samples <= sample_window)
) WITH (fillfactor = 70);

CREATE TABLE pipeline_execution (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pipeline_id     bigint NOT NULL REFERENCES pipeline,
  -- Never changes, and its row is there before this one: so there are no cycles, and a row's ancestors are known for
  -- good as soon as it is there.
  parent_id       bigint REFERENCES pipeline_execution,
  depth           integer NOT NULL DEFAULT 0 CHECK (depth BETWEEN 0 AND 1000),
  status          text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'success', 'failed')),
  metrics         jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metrics) = 'object'),
  error           text,
  started_at      timestamptz NOT NULL,
  finished_at     timestamptz CHECK (finished_at >= started_at),
  -- When a check has found that it takes, or has taken, longer than it may: told of once.
  late_at         timestamptz,
  closure_job_id  uuid,
  analysis_job_id uuid,
  CHECK ((finished_at IS NULL) = (status = 'running')),
  CHECK ((parent_id IS NULL) = (depth = 0))
) WITH (fillfactor = 70);

CREATE INDEX pipeline_execution_of ON pipeline_execution (pipeline_id, id);
CREATE INDEX pipeline_execution_running ON pipeline_execution (id) WHERE finished_at IS NULL;
CREATE INDEX pipeline_execution_finished ON pipeline_execution (finished_at, id) WHERE finished_at IS NOT NULL;

CREATE TABLE pipeline_anomaly (
  execution_id       bigint NOT NULL REFERENCES pipeline_execution,
  metric             text NOT NULL,
  pipeline_id        bigint NOT NULL REFERENCES pipeline,
  value              double precision NOT NULL,
  mean               double precision NOT NULL,
  standard_deviation double precision NOT NULL,
  -- Null where the values before did not vary at all: then every other value is infinitely far.
  z_score            double precision,
  samples            integer NOT NULL,
  detected_at        timestamptz NOT NULL,
  PRIMARY KEY (execution_id, metric)
);
CREATE INDEX pipeline_anomaly_of ON pipeline_anomaly (pipeline_id, execution_id, metric);

-- Who descends from whom, and how far; each execution from itself by 0, which also says that its rows are there.
CREATE TABLE execution_closure (
  ancestor_id   bigint NOT NULL,
  descendant_id bigint NOT NULL,
  depth         integer NOT NULL CHECK (depth >= 0),
  PRIMARY KEY (ancestor_id, depth, descendant_id)
);
CREATE UNIQUE INDEX execution_closure_up ON execution_closure (descendant_id, depth);

-- What flows from where to where, as each pipeline says it.
CREATE TABLE lineage_edge (
  source      bigint NOT NULL,
  target      bigint NOT NULL,
  pipeline_id bigint NOT NULL REFERENCES pipeline,
  PRIMARY KEY (source, target, pipeline_id)
);
CREATE INDEX lineage_edge_up ON lineage_edge (target, source);
CREATE INDEX lineage_edge_of ON lineage_edge (pipeline_id, source, target);

-- Who can be reached from whom, whatever the pipelines, and over how few edges. Never an address from itself.
CREATE TABLE lineage_closure (
  ancestor   bigint NOT NULL,
  descendant bigint NOT NULL,
  depth      integer NOT NULL CHECK (depth > 0),
  PRIMARY KEY (ancestor, descendant),
  CHECK (ancestor <> descendant)
);
CREATE INDEX lineage_closure_up ON lineage_closure (descendant, ancestor);

-- Changes of edges whose closure is still to be rebuilt, by the job that was submitted with each. Any such job rebuilds
-- for all of them, so that what many small changes cost is not one rebuild each.
CREATE TABLE lineage_change (
  job_id     uuid PRIMARY KEY,
  addresses  bigint[] NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  rebuilt_at timestamptz
);
CREATE INDEX lineage_change_open ON lineage_change (job_id) WHERE rebuilt_at IS NULL;
CREATE INDEX lineage_change_rebuilt ON lineage_change (rebuilt_at) WHERE rebuilt_at IS NOT NULL;
