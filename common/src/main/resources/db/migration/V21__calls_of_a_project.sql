-- Calls are listed, the newest first, and to who sees one project only that project's.
CREATE INDEX llm_call_project ON llm_call (project_id, job_id) WHERE project_id IS NOT NULL;
