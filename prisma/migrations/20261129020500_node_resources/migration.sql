-- CPU, memory and queue of nodes: what was told last of each, and its history by 10 s, 1 min and 1 h, which lies in partitions
-- by time and is kept for as long as the measurements of requests are (metric_partitions).

-- Functions below look names up in this schema alone: whoever calls them cannot put another table in the way.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE "node_resource" (
    "node_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "source" TEXT NOT NULL,
    "told_by" TEXT NOT NULL,
    "reading" JSONB NOT NULL,

    CONSTRAINT "node_resource_pkey" PRIMARY KEY ("node_id")
);
ALTER TABLE "node_resource" ADD CONSTRAINT "node_resource_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "node"("id")
  ON DELETE CASCADE ON UPDATE CASCADE;

-- Sums and counts, so that spans can be added up; what was missing counts for nothing.
CREATE TABLE "resource_rollup" (
    "resolution" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "node_id" UUID NOT NULL,
    "cpu_count" INTEGER NOT NULL,
    "cpu_sum" DOUBLE PRECISION NOT NULL,
    "cpu_max" DOUBLE PRECISION,
    "memory_count" INTEGER NOT NULL,
    "memory_sum" DOUBLE PRECISION NOT NULL,
    "memory_max" DOUBLE PRECISION,
    "memory_ratio_count" INTEGER NOT NULL,
    "memory_ratio_sum" DOUBLE PRECISION NOT NULL,
    "backlog_count" INTEGER NOT NULL,
    "backlog_sum" DOUBLE PRECISION NOT NULL,
    "backlog_max" DOUBLE PRECISION,

    CONSTRAINT "resource_rollup_pkey" PRIMARY KEY ("node_id", "at", "resolution")
) PARTITION BY LIST ("resolution");
CREATE TABLE "resource_rollup_10s" PARTITION OF "resource_rollup" FOR VALUES IN ('10s') PARTITION BY RANGE ("at");
CREATE TABLE "resource_rollup_1m" PARTITION OF "resource_rollup" FOR VALUES IN ('1m') PARTITION BY RANGE ("at");
CREATE TABLE "resource_rollup_1h" PARTITION OF "resource_rollup" FOR VALUES IN ('1h') PARTITION BY RANGE ("at");
-- They take what belongs to a span of time that was not prepared: nothing told is refused for want of a partition.
CREATE TABLE "resource_rollup_10s_default" PARTITION OF "resource_rollup_10s" DEFAULT;
CREATE TABLE "resource_rollup_1m_default" PARTITION OF "resource_rollup_1m" DEFAULT;
CREATE TABLE "resource_rollup_1h_default" PARTITION OF "resource_rollup_1h" DEFAULT;

-- How long one partition of a resolution is, as date_trunc names it.
CREATE FUNCTION "resource_slot_unit"(resolution TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE resolution WHEN '10s' THEN 'hour' WHEN '1m' THEN 'day' ELSE 'month' END $$;

-- Start of the partition after the one that begins at `start`.
CREATE FUNCTION "resource_slot_end"(resolution TEXT, start TIMESTAMPTZ) RETURNS TIMESTAMPTZ LANGUAGE sql STABLE
  SET search_path FROM CURRENT AS $$
  SELECT ((start AT TIME ZONE 'UTC') + ('1 ' || resource_slot_unit(resolution))::interval) AT TIME ZONE 'UTC' $$;

-- Makes the partition that begins at `start`, with what the default partition held of it meanwhile.
CREATE FUNCTION "resource_make_slot"(resolution TEXT, start TIMESTAMPTZ) RETURNS BOOLEAN LANGUAGE plpgsql
  SET search_path FROM CURRENT AS $$
DECLARE
  parent TEXT := 'resource_rollup_' || resolution;
  slot TEXT := parent || '_' || to_char(start AT TIME ZONE 'UTC', 'YYYYMMDDHH24MI');
  after_it TIMESTAMPTZ := resource_slot_end(resolution, start);
BEGIN
  IF to_regclass(quote_ident(slot)) IS NOT NULL THEN RETURN false; END IF;
  -- Attaching locks it in any case; first, so that nothing is written to it between the move and the attaching.
  EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent || '_default');
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', slot, parent);
  EXECUTE format('WITH moved AS (DELETE FROM %I WHERE at >= $1 AND at < $2 RETURNING *) INSERT INTO %I SELECT * FROM moved',
    parent || '_default', slot) USING start, after_it;
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, slot, start, after_it);
  RETURN true;
END $$;

-- Makes the partitions of `moment` and the ones after, and those of what the default partitions hold. Returns how many.
CREATE FUNCTION "resource_prepare_at"(moment TIMESTAMPTZ) RETURNS INTEGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  resolution TEXT;
  starts TIMESTAMPTZ[];
  start TIMESTAMPTZ;
  made INTEGER := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(7302013);
  FOREACH resolution IN ARRAY ARRAY['10s', '1m', '1h'] LOOP
    -- Read to its end first: a table that a query still reads cannot be altered.
    EXECUTE format('SELECT array_agg(DISTINCT date_trunc(%L, at, %L)) FROM %I', resource_slot_unit(resolution), 'UTC',
      'resource_rollup_' || resolution || '_default') INTO starts;
    start := date_trunc(resource_slot_unit(resolution), moment, 'UTC');
    FOREACH start IN ARRAY coalesce(starts, '{}') || start || resource_slot_end(resolution, start) LOOP
      IF resource_make_slot(resolution, start) THEN made := made + 1; END IF;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;

-- Drops the partitions that ended before what is kept, as the settings say. Returns how many rows they had, about.
CREATE FUNCTION "resource_expire_at"(moment TIMESTAMPTZ) RETURNS BIGINT LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  settings JSONB := coalesce((SELECT retention.settings FROM retention), '{}');
  part RECORD;
  removed BIGINT := 0;
BEGIN
  FOR part IN
    SELECT child.relname AS name, greatest(child.reltuples, pg_stat_get_live_tuples(child.oid), 0)::bigint AS estimate
    FROM (VALUES
      ('10s', coalesce((settings->>'metricTenSecondsHours')::int, 6) * interval '1 hour'),
      ('1m', coalesce((settings->>'metricMinutesDays')::int, 7) * interval '24 hours'),
      ('1h', coalesce((settings->>'metricHoursDays')::int, 396) * interval '24 hours')) AS kept (resolution, keep)
    JOIN pg_inherits ON inhparent = ('resource_rollup_' || kept.resolution)::regclass
    JOIN pg_class child ON child.oid = inhrelid AND child.relname ~ '_\d{12}$'
    WHERE resource_slot_end(kept.resolution,
        to_timestamp(right(child.relname, 12) || '+00', 'YYYYMMDDHH24MITZH')) <= moment - kept.keep
    ORDER BY child.relname
  LOOP
    EXECUTE format('DROP TABLE %I', part.name);
    removed := removed + part.estimate;
  END LOOP;
  RETURN removed;
END $$;

-- What the product's role may call: with the owner's rights, at the present time, by the settings that are stored. They give
-- up rather than hold those who write up behind them.
CREATE FUNCTION "resource_prepare"() RETURNS INTEGER LANGUAGE sql SECURITY DEFINER
  SET search_path FROM CURRENT SET lock_timeout TO '2s' AS $$ SELECT resource_prepare_at(now()) $$;
CREATE FUNCTION "resource_expire"() RETURNS BIGINT LANGUAGE sql SECURITY DEFINER
  SET search_path FROM CURRENT SET lock_timeout TO '2s' AS $$ SELECT resource_expire_at(now()) $$;

REVOKE ALL ON FUNCTION "resource_make_slot"(TEXT, TIMESTAMPTZ), "resource_prepare_at"(TIMESTAMPTZ),
  "resource_expire_at"(TIMESTAMPTZ), "resource_prepare"(), "resource_expire"() FROM PUBLIC;

SELECT "resource_prepare_at"(now());
