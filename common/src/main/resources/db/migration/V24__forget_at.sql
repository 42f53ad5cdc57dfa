-- The same moments as before, by arithmetic of times: with that of numbers they were a sixth of the work of moving a job.
CREATE OR REPLACE FUNCTION forget_at(ended timestamptz, kept double precision, as_of timestamptz) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
  -- The first multiple that is not before it: the one behind the last that is.
  SELECT date_bin(make_interval(secs => millrace.forgetting_grain(kept)),
      greatest(ended + make_interval(secs => kept), as_of + interval '1 second') - interval '1 microsecond', 'epoch')
    + make_interval(secs => millrace.forgetting_grain(kept))
$$;
