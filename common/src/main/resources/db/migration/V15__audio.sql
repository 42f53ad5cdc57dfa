-- Audio separation: sounds that were uploaded, and the stems they are taken apart into (docs/audio.md). The files
-- themselves are in the storage, by the keys that stand here.

CREATE TABLE audio_job (
  id          uuid PRIMARY KEY,
  file_name   text,
  format      text NOT NULL CHECK (format IN ('wav', 'flac')),
  size_bytes  bigint NOT NULL CHECK (size_bytes > 0),
  input_key   text NOT NULL,
  -- As its task has told; what it is now, audio_job_now says.
  status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
  error       text CHECK (error IS NULL OR status = 'failed'),
  -- The job of Millrace that separates it, or was the last to do so.
  task_job_id uuid NOT NULL,
  -- Of the run that began last: what any other still tells is not written.
  run         uuid,
  project_id  text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz CHECK ((finished_at IS NOT NULL) = (status IN ('completed', 'failed')))
) WITH (fillfactor = 70);

-- Stems, and what may become one: a row is there before its file, so that no file is without one.
CREATE TABLE audio_stem (
  audio_job_id uuid NOT NULL REFERENCES audio_job ON DELETE CASCADE,
  run          uuid NOT NULL,
  position     integer NOT NULL,
  name         text NOT NULL,
  key          text NOT NULL,
  size_bytes   bigint NOT NULL,
  PRIMARY KEY (audio_job_id, run, position)
);

-- An audio job whose task has ended without a word about it (its worker was lost three times, its time limit or somebody's
-- revocation ended it, its retries are used up) has failed, and one whose task is run again goes on. So the end that was
-- not told is read from the job of Millrace, which nothing ends without (docs/decisions/0024).
CREATE VIEW audio_job_now AS
SELECT a.id, a.file_name, a.format, a.size_bytes, a.input_key, a.task_job_id, a.project_id, a.created_at,
       CASE WHEN a.finished_at IS NULL AND coalesce(t.state, 'SUCCESS') IN ('SUCCESS', 'FAILURE', 'REVOKED') THEN 'failed'
            ELSE a.status END AS status,
       CASE WHEN a.finished_at IS NOT NULL THEN a.error
            WHEN t.state = 'FAILURE' THEN coalesce(t.error ->> 'exc_message', 'its job has failed')
            WHEN t.state = 'REVOKED' THEN 'its job was revoked'
            WHEN t.state = 'SUCCESS' THEN 'its job has ended without an outcome'
            WHEN t.state IS NULL THEN 'its job is no longer known'
       END AS error,
       coalesce(a.finished_at, t.finished_at) AS finished_at
FROM audio_job a
LEFT JOIN LATERAL (
  SELECT j.state, j.error, j.finished_at FROM job j WHERE j.id = a.task_job_id
  UNION ALL
  SELECT f.state, f.error, f.finished_at FROM finished_job f WHERE f.id = a.task_job_id
  LIMIT 1
) t ON a.finished_at IS NULL;
