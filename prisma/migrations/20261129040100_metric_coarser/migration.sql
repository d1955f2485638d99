-- Spans of five minutes and of a day: a chart of 24 hours or of 13 months reads some hundred rows of its target, each on a page of its
-- own, instead of thousands. They are kept for as long as the spans that they are made of.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE "metric_rollup_5m" PARTITION OF "metric_rollup" FOR VALUES IN ('5m') PARTITION BY RANGE ("at");
CREATE TABLE "metric_rollup_1d" PARTITION OF "metric_rollup" FOR VALUES IN ('1d') PARTITION BY RANGE ("at");
CREATE TABLE "metric_rollup_5m_default" PARTITION OF "metric_rollup_5m" DEFAULT;
CREATE TABLE "metric_rollup_1d_default" PARTITION OF "metric_rollup_1d" DEFAULT;

-- Five minutes in days, days in months.
CREATE OR REPLACE FUNCTION "metric_slot_start"(parent TEXT, moment TIMESTAMPTZ) RETURNS TIMESTAMPTZ LANGUAGE sql STABLE AS $$
  SELECT CASE parent
    WHEN 'metric_frame' THEN date_bin('10 minutes', moment, '2000-01-01 00:00:00+00')
    WHEN 'metric_rollup_10s' THEN date_trunc('hour', moment, 'UTC')
    WHEN 'metric_rollup_1m' THEN date_trunc('day', moment, 'UTC')
    WHEN 'metric_rollup_5m' THEN date_trunc('day', moment, 'UTC')
    ELSE date_trunc('month', moment, 'UTC') END $$;

CREATE OR REPLACE FUNCTION "metric_slot_end"(parent TEXT, start TIMESTAMPTZ) RETURNS TIMESTAMPTZ LANGUAGE sql STABLE AS $$
  SELECT ((start AT TIME ZONE 'UTC') + CASE parent
    WHEN 'metric_frame' THEN interval '10 minutes'
    WHEN 'metric_rollup_10s' THEN interval '1 hour'
    WHEN 'metric_rollup_1m' THEN interval '1 day'
    WHEN 'metric_rollup_5m' THEN interval '1 day'
    ELSE interval '1 month' END) AT TIME ZONE 'UTC' $$;

CREATE OR REPLACE FUNCTION "metric_prepare_at"(moment TIMESTAMPTZ) RETURNS INTEGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  parent TEXT;
  starts TIMESTAMPTZ[];
  start TIMESTAMPTZ;
  made INTEGER := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(7302013);
  FOREACH parent IN ARRAY ARRAY['metric_frame', 'metric_rollup_10s', 'metric_rollup_1m', 'metric_rollup_5m',
      'metric_rollup_1h', 'metric_rollup_1d'] LOOP
    -- Read to its end first: a table that a query still reads cannot be altered.
    EXECUTE format('SELECT array_agg(DISTINCT metric_slot_start(%L, at)) FROM %I', parent, parent || '_default') INTO starts;
    start := metric_slot_start(parent, moment);
    FOREACH start IN ARRAY coalesce(starts, '{}') || start || metric_slot_end(parent, start) LOOP
      IF metric_make_slot(parent, start) THEN made := made + 1; END IF;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;

CREATE OR REPLACE FUNCTION "metric_expire_at"(moment TIMESTAMPTZ) RETURNS BIGINT LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  settings JSONB := coalesce((SELECT retention.settings FROM retention), '{}');
  part RECORD;
  removed BIGINT := 0;
BEGIN
  FOR part IN
    SELECT child.relname AS name, greatest(child.reltuples, pg_stat_get_live_tuples(child.oid), 0)::bigint AS estimate
    FROM (VALUES
      ('metric_frame', coalesce((settings->>'metricSecondsMinutes')::int, 10) * interval '1 minute'),
      ('metric_rollup_10s', coalesce((settings->>'metricTenSecondsHours')::int, 6) * interval '1 hour'),
      ('metric_rollup_1m', coalesce((settings->>'metricMinutesDays')::int, 7) * interval '24 hours'),
      ('metric_rollup_5m', coalesce((settings->>'metricMinutesDays')::int, 7) * interval '24 hours'),
      ('metric_rollup_1h', coalesce((settings->>'metricHoursDays')::int, 396) * interval '24 hours'),
      ('metric_rollup_1d', coalesce((settings->>'metricHoursDays')::int, 396) * interval '24 hours')) AS kept (parent, keep)
    JOIN pg_inherits ON inhparent = kept.parent::regclass
    JOIN pg_class child ON child.oid = inhrelid AND child.relname ~ '_\d{12}$'
    WHERE metric_slot_end(kept.parent,
        to_timestamp(right(child.relname, 12) || '+00', 'YYYYMMDDHH24MITZH')) <= moment - kept.keep
    ORDER BY child.relname
  LOOP
    EXECUTE format('DROP TABLE %I', part.name);
    removed := removed + part.estimate;
  END LOOP;
  RETURN removed;
END $$;

SELECT "metric_prepare_at"(now());
