-- Measurements in partitions by time, whole ones of which are dropped when they are too old: frames in ten minutes, spans of
-- ten seconds in hours, of a minute in days, of an hour in months. lib/store/product-role.ts says what the product's role may;
-- here is what only the owner may, and lends it. And more of what was measured: causes, hedges, connections, waits; of routes,
-- classes, and everything together.

-- Functions below look names up in this schema alone: whoever calls them cannot put another table in the way.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- Frames are worth ten minutes: those of before are not taken along.
DROP TABLE "metric_frame";
CREATE TABLE "metric_frame" (
    "worker_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "frame" JSONB NOT NULL,

    CONSTRAINT "metric_frame_pkey" PRIMARY KEY ("at", "worker_id")
) PARTITION BY RANGE ("at");
-- They need not survive a crash of the server either.
CREATE UNLOGGED TABLE "metric_frame_default" PARTITION OF "metric_frame" DEFAULT;

ALTER TABLE "metric_rollup" RENAME TO "metric_rollup_before";
ALTER TABLE "metric_rollup_before" RENAME CONSTRAINT "metric_rollup_pkey" TO "metric_rollup_before_pkey";
DROP INDEX "metric_rollup_resolution_at_idx";

CREATE TABLE "metric_rollup" (
    "resolution" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "worker_id" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "target_id" UUID NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "pool_id" UUID NOT NULL,
    "requests" BIGINT NOT NULL,
    "successes" BIGINT NOT NULL,
    "failures" BIGINT NOT NULL,
    "status_1xx" BIGINT NOT NULL,
    "status_2xx" BIGINT NOT NULL,
    "status_3xx" BIGINT NOT NULL,
    "status_4xx" BIGINT NOT NULL,
    "status_5xx" BIGINT NOT NULL,
    "retries" BIGINT NOT NULL,
    "aborted" BIGINT NOT NULL,
    "bytes_in" BIGINT NOT NULL,
    "bytes_out" BIGINT NOT NULL,
    "in_flight_max" INTEGER NOT NULL,
    "queued_max" INTEGER NOT NULL,
    "connections_max" INTEGER,
    "latency" BYTEA NOT NULL,
    "details" JSONB,

    CONSTRAINT "metric_rollup_pkey" PRIMARY KEY ("scope", "target_id", "name", "at", "worker_id", "resolution")
) PARTITION BY LIST ("resolution");
CREATE INDEX "metric_rollup_at_idx" ON "metric_rollup"("at");
-- Histograms of some hundred bytes, read whole: compressing them costs more than it saves.
ALTER TABLE "metric_rollup" ALTER COLUMN "latency" SET STORAGE EXTERNAL;
CREATE TABLE "metric_rollup_10s" PARTITION OF "metric_rollup" FOR VALUES IN ('10s') PARTITION BY RANGE ("at");
CREATE TABLE "metric_rollup_1m" PARTITION OF "metric_rollup" FOR VALUES IN ('1m') PARTITION BY RANGE ("at");
CREATE TABLE "metric_rollup_1h" PARTITION OF "metric_rollup" FOR VALUES IN ('1h') PARTITION BY RANGE ("at");
-- They take what belongs to a span of time that was not prepared: nothing measured is refused for want of a partition.
CREATE TABLE "metric_rollup_10s_default" PARTITION OF "metric_rollup_10s" DEFAULT;
CREATE TABLE "metric_rollup_1m_default" PARTITION OF "metric_rollup_1m" DEFAULT;
CREATE TABLE "metric_rollup_1h_default" PARTITION OF "metric_rollup_1h" DEFAULT;

-- Start of the partition of a table that an instant falls into.
CREATE FUNCTION "metric_slot_start"(parent TEXT, moment TIMESTAMPTZ) RETURNS TIMESTAMPTZ LANGUAGE sql STABLE AS $$
  SELECT CASE parent
    WHEN 'metric_frame' THEN date_bin('10 minutes', moment, '2000-01-01 00:00:00+00')
    WHEN 'metric_rollup_10s' THEN date_trunc('hour', moment, 'UTC')
    WHEN 'metric_rollup_1m' THEN date_trunc('day', moment, 'UTC')
    ELSE date_trunc('month', moment, 'UTC') END $$;

-- Start of the next one.
CREATE FUNCTION "metric_slot_end"(parent TEXT, start TIMESTAMPTZ) RETURNS TIMESTAMPTZ LANGUAGE sql STABLE AS $$
  SELECT ((start AT TIME ZONE 'UTC') + CASE parent
    WHEN 'metric_frame' THEN interval '10 minutes'
    WHEN 'metric_rollup_10s' THEN interval '1 hour'
    WHEN 'metric_rollup_1m' THEN interval '1 day'
    ELSE interval '1 month' END) AT TIME ZONE 'UTC' $$;

-- Makes the partition of `parent` that begins at `start`, with what its default partition held of it meanwhile.
CREATE FUNCTION "metric_make_slot"(parent TEXT, start TIMESTAMPTZ) RETURNS BOOLEAN LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  slot TEXT := parent || '_' || to_char(start AT TIME ZONE 'UTC', 'YYYYMMDDHH24MI');
  after_it TIMESTAMPTZ := metric_slot_end(parent, start);
BEGIN
  IF to_regclass(quote_ident(slot)) IS NOT NULL THEN RETURN false; END IF;
  -- Attaching locks it in any case; first, so that nothing is written to it between the move and the attaching.
  EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent || '_default');
  EXECUTE format('CREATE %s TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)',
    CASE parent WHEN 'metric_frame' THEN 'UNLOGGED' ELSE '' END, slot, parent);
  EXECUTE format('WITH moved AS (DELETE FROM %I WHERE at >= $1 AND at < $2 RETURNING *) INSERT INTO %I SELECT * FROM moved',
    parent || '_default', slot) USING start, after_it;
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, slot, start, after_it);
  RETURN true;
END $$;

-- Makes the partitions of `moment` and the ones after, and those of what the default partitions hold. Returns how many.
CREATE FUNCTION "metric_prepare_at"(moment TIMESTAMPTZ) RETURNS INTEGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  parent TEXT;
  starts TIMESTAMPTZ[];
  start TIMESTAMPTZ;
  made INTEGER := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(7302013);
  FOREACH parent IN ARRAY ARRAY['metric_frame', 'metric_rollup_10s', 'metric_rollup_1m', 'metric_rollup_1h'] LOOP
    -- Read to its end first: a table that a query still reads cannot be altered.
    EXECUTE format('SELECT array_agg(DISTINCT metric_slot_start(%L, at)) FROM %I', parent, parent || '_default') INTO starts;
    start := metric_slot_start(parent, moment);
    FOREACH start IN ARRAY coalesce(starts, '{}') || start || metric_slot_end(parent, start) LOOP
      IF metric_make_slot(parent, start) THEN made := made + 1; END IF;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;

-- Drops the partitions that ended before what is kept, as the settings say. Returns how many rows they had, about.
CREATE FUNCTION "metric_expire_at"(moment TIMESTAMPTZ) RETURNS BIGINT LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
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
      ('metric_rollup_1h', coalesce((settings->>'metricHoursDays')::int, 396) * interval '24 hours')) AS kept (parent, keep)
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

-- What the product's role may call: with the owner's rights, at the present time, by the settings that are stored. They give
-- up rather than hold those who measure up behind them.
CREATE FUNCTION "metric_prepare"() RETURNS INTEGER LANGUAGE sql SECURITY DEFINER
  SET search_path FROM CURRENT SET lock_timeout TO '2s' AS $$ SELECT metric_prepare_at(now()) $$;
CREATE FUNCTION "metric_expire"() RETURNS BIGINT LANGUAGE sql SECURITY DEFINER
  SET search_path FROM CURRENT SET lock_timeout TO '2s' AS $$ SELECT metric_expire_at(now()) $$;

REVOKE ALL ON FUNCTION "metric_make_slot"(TEXT, TIMESTAMPTZ), "metric_prepare_at"(TIMESTAMPTZ),
  "metric_expire_at"(TIMESTAMPTZ), "metric_prepare"(), "metric_expire"() FROM PUBLIC;

-- What was measured so far, by way of the default partitions, into its own.
INSERT INTO "metric_rollup" ("resolution", "at", "worker_id", "scope", "target_id", "pool_id", "requests", "successes", "failures",
    "status_1xx", "status_2xx", "status_3xx", "status_4xx", "status_5xx", "retries", "aborted", "bytes_in", "bytes_out",
    "in_flight_max", "queued_max", "latency")
  SELECT "resolution", "at", "worker_id", "scope", "target_id", "pool_id", "requests", "successes", "failures",
    "status_1xx", "status_2xx", "status_3xx", "status_4xx", "status_5xx", "retries", "aborted", "bytes_in", "bytes_out",
    "in_flight_max", "queued_max", "latency"
  FROM "metric_rollup_before";
DROP TABLE "metric_rollup_before";
SELECT "metric_prepare_at"(now());
