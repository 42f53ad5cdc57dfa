-- A batch's callback belongs to the trace of its submission, which is that of its jobs.
CREATE OR REPLACE FUNCTION batch_called_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  its_id uuid := millrace.new_job_id();
BEGIN
  INSERT INTO millrace.callback (id, batch_id, event, happened_at, url, project_id, trace_id, delivery_id)
  VALUES (its_id, NEW.id, 'batch.' || lower(NEW.status), coalesce(NEW.finished_at, now()), NEW.callback_url, NEW.project_id,
          (SELECT j.trace_id FROM millrace.job j WHERE j.batch_id = NEW.id AND j.trace_id IS NOT NULL LIMIT 1),
          millrace.new_job_id());
  PERFORM millrace.deliver_callbacks(ARRAY[its_id]);
  UPDATE millrace.batch SET callback_due_at = NULL WHERE id = NEW.id;
  RETURN NULL;
END $$;
