-- Where each attempt failed, and not the last one only, which the job's error tells.
ALTER TABLE attempt ADD COLUMN traceback text;
