-- Single requests that were worth keeping, in hours, that is partitions: those that are too old are dropped whole. The
-- product's own role may write and read them; making and dropping partitions is the owner's, who lends it in two functions.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE "request_record" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "request_id" TEXT NOT NULL,
    "worker_id" TEXT NOT NULL,
    "pool_id" UUID,
    "route_id" UUID,
    "revision" INTEGER,
    "status" INTEGER,
    "cause" TEXT NOT NULL,
    "kept" TEXT[] NOT NULL,
    "path" TEXT NOT NULL,
    "took_ms" DOUBLE PRECISION NOT NULL,
    "node_ids" UUID[] NOT NULL,
    "record" JSONB NOT NULL,

    CONSTRAINT "request_record_pkey" PRIMARY KEY ("id", "at")
) PARTITION BY RANGE ("at");
CREATE INDEX "request_record_request_id_idx" ON "request_record"("request_id");
CREATE INDEX "request_record_pool_id_id_idx" ON "request_record"("pool_id", "id" DESC);

-- Takes what belongs to an hour that was not made yet: none is refused for want of a partition.
CREATE TABLE "request_record_default" PARTITION OF "request_record" DEFAULT;

-- Records that were lost, by minute: there were more than could be told or written.
CREATE TABLE "request_drop" (
    "at" TIMESTAMPTZ(3) NOT NULL,
    "worker_id" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "request_drop_pkey" PRIMARY KEY ("at", "worker_id")
);

CREATE FUNCTION "request_make_hour"(start TIMESTAMPTZ) RETURNS BOOLEAN LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  partition_name TEXT := 'request_record_' || to_char(start AT TIME ZONE 'UTC', 'YYYY_MM_DD_HH24');
  after_it TIMESTAMPTZ := start + interval '1 hour';
BEGIN
  IF to_regclass(quote_ident(partition_name)) IS NOT NULL THEN RETURN false; END IF;
  -- Attaching locks it in any case; first, so that nothing is written to it between the move and the attaching.
  LOCK TABLE request_record_default IN ACCESS EXCLUSIVE MODE;
  EXECUTE format('CREATE TABLE %I (LIKE request_record INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition_name);
  EXECUTE format('WITH moved AS (DELETE FROM request_record_default WHERE at >= $1 AND at < $2 RETURNING *)
    INSERT INTO %I SELECT * FROM moved', partition_name) USING start, after_it;
  EXECUTE format('ALTER TABLE request_record ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition_name, start, after_it);
  RETURN true;
END $$;

-- Makes the hours from `moment` to three hours on, and those of what the default partition holds. Returns how many.
CREATE FUNCTION "request_prepare_at"(moment TIMESTAMPTZ) RETURNS INTEGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  start TIMESTAMPTZ;
  made INTEGER := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(7302013);
  FOREACH start IN ARRAY ARRAY(
    SELECT DISTINCT date_trunc('hour', held.at, 'UTC') FROM request_record_default held
    UNION
    SELECT date_trunc('hour', moment, 'UTC') + n * interval '1 hour' FROM generate_series(0, 3) n
    ORDER BY 1)
  LOOP
    IF request_make_hour(start) THEN made := made + 1; END IF;
  END LOOP;
  RETURN made;
END $$;

-- Drops the hours that ended `keep_hours` or longer before `moment`, and the oldest besides, as long as there are more than
-- `at_most` requests. The present hour stays. Returns how many requests went.
CREATE FUNCTION "request_expire_at"(moment TIMESTAMPTZ, keep_hours INTEGER, at_most BIGINT) RETURNS BIGINT
  LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  part RECORD;
  held BIGINT;
  kept BIGINT := 0;
  removed BIGINT := 0;
BEGIN
  PERFORM request_prepare_at(moment);
  FOR part IN
    SELECT child.relname AS name,
      to_timestamp(substr(child.relname, 16) || ' +00', 'YYYY_MM_DD_HH24 TZH') + interval '1 hour' AS ended
    FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = 'request_record'::regclass AND child.relname ~ '^request_record_\d{4}_\d{2}_\d{2}_\d{2}$'
    ORDER BY child.relname DESC
  LOOP
    EXECUTE format('SELECT count(*) FROM %I', part.name) INTO held;
    IF part.ended > moment THEN
      kept := kept + held;
    ELSIF part.ended <= moment - keep_hours * interval '1 hour' OR kept + held > at_most THEN
      EXECUTE format('DROP TABLE %I', part.name);
      removed := removed + held;
      -- What is older than what was dropped goes, too: a history has no holes.
      kept := at_most;
    ELSE
      kept := kept + held;
    END IF;
  END LOOP;
  DELETE FROM request_drop WHERE at < moment - keep_hours * interval '1 hour';
  RETURN removed;
END $$;

-- What the product's role may call. They give up rather than hold those who write up behind them.
CREATE FUNCTION "request_prepare"() RETURNS INTEGER LANGUAGE sql SECURITY DEFINER
  SET search_path FROM CURRENT SET lock_timeout TO '2s' AS $$ SELECT request_prepare_at(now()) $$;
CREATE FUNCTION "request_expire"() RETURNS BIGINT LANGUAGE plpgsql SECURITY DEFINER
  SET search_path FROM CURRENT SET lock_timeout TO '2s' AS $$
DECLARE
  settings JSONB := coalesce((SELECT retention.settings FROM retention), '{}');
BEGIN
  RETURN request_expire_at(now(), coalesce((settings->>'requestHours')::integer, 24),
    coalesce((settings->>'requestsAtMost')::bigint, 500000));
END $$;

REVOKE ALL ON FUNCTION "request_make_hour"(TIMESTAMPTZ), "request_prepare_at"(TIMESTAMPTZ),
  "request_expire_at"(TIMESTAMPTZ, INTEGER, BIGINT), "request_prepare"(), "request_expire"() FROM PUBLIC;

SELECT "request_prepare_at"(now());
