-- Calls of language models, documents that are transformed, and the functions both are (docs/llm.md). The jobs that do
-- the work are in job; what these tables keep is what must outlive them, or must be there before they run.

-- A configuration of a call has a name within its project and any number of versions.
CREATE TABLE llm_config (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id   text,
  name         text NOT NULL,
  -- The next version takes its number from here, under this row's lock: numbers have no holes and none comes twice.
  last_version integer NOT NULL DEFAULT 1,
  created_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE NULLS NOT DISTINCT (project_id, name)
);

-- What a version says never changes: a call that names it is the same call tomorrow. No credentials are ever in here.
CREATE TABLE llm_config_version (
  config_id  bigint NOT NULL REFERENCES llm_config ON DELETE CASCADE,
  version    integer NOT NULL,
  provider   text NOT NULL,
  model      text NOT NULL,
  parameters jsonb NOT NULL CHECK (jsonb_typeof(parameters) = 'object'),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (config_id, version)
);

CREATE FUNCTION llm_config_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a version of a configuration never changes; make the next one';
END $$;

CREATE TRIGGER llm_config_version_stays BEFORE UPDATE ON llm_config_version
  FOR EACH ROW EXECUTE FUNCTION llm_config_version_stays();

-- A call, by the job that makes it; there before the job is dispatched. The tokens are what it has cost.
CREATE TABLE llm_call (
  job_id          uuid PRIMARY KEY,
  config_id       bigint NOT NULL,
  config_version  integer NOT NULL,
  project_id      text,
  organization_id text,
  input_tokens    bigint,
  output_tokens   bigint,
  created_at      timestamptz NOT NULL DEFAULT now(),
  answered_at     timestamptz,
  FOREIGN KEY (config_id, config_version) REFERENCES llm_config_version
);

-- What a registered function has returned for a domain's job id: whoever runs it again for the same is given this.
CREATE TABLE function_result (
  -- '' for none, since a key has no nulls.
  project_id    text NOT NULL,
  function_path text NOT NULL,
  job_id        text NOT NULL,
  -- The job of Millrace that has run it.
  task_id       uuid NOT NULL,
  result        text NOT NULL,
  finished_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, function_path, job_id)
);

CREATE INDEX function_result_age ON function_result (finished_at);

-- A document as it was given or is to be fetched, and what has become of it.
CREATE TABLE document (
  id           uuid PRIMARY KEY,
  job_id       uuid NOT NULL,
  project_id   text,
  name         text,
  source_url   text,
  -- What it is; null until it is fetched, where it is fetched.
  format       text CHECK (format IN ('text', 'markdown', 'html', 'pdf', 'docx')),
  source       bytea,
  target       text NOT NULL CHECK (target IN ('text', 'markdown', 'html')),
  content      text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  transformed_at timestamptz CHECK ((transformed_at IS NULL) = (content IS NULL)),
  CHECK (source_url IS NOT NULL OR (source IS NOT NULL AND format IS NOT NULL))
);

CREATE INDEX document_job ON document (job_id);
