-- What has failed is found however many jobs were revoked or purged since.
CREATE INDEX finished_job_failure ON finished_job (id) WHERE state = 'FAILURE';
