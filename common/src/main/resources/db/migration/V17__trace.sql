-- A callback belongs below the run whose end it tells of. What it takes from its job says who has submitted that: here the
-- span of the last run takes its place, made as TraceContext.runSpan makes it, of the job's id and its claim.
-- docs/decisions/0029-a-trace-travels-in-the-row.md
CREATE FUNCTION callback_traced() RETURNS trigger LANGUAGE plpgsql
SET search_path = millrace
AS $$
BEGIN
  -- A job that never ran has no span of a run, and one that is not recorded has no span at all.
  NEW.trace_id := coalesce((
    SELECT substr(NEW.trace_id, 1, 36)
        || lpad(to_hex(('x' || right(replace(j.id::text, '-', ''), 16))::bit(64)::bigint # (j.claim_seq::bigint << 48)), 16, '0')
        || '-01'
    FROM job j WHERE j.id = NEW.job_id AND j.claim_seq > 0), NEW.trace_id);
  RETURN NEW;
END $$;

CREATE TRIGGER callback_traced BEFORE INSERT ON callback
  FOR EACH ROW WHEN (NEW.job_id IS NOT NULL AND NEW.trace_id ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-01$')
  EXECUTE FUNCTION callback_traced();
