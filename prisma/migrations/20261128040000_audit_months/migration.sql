-- The audit in months, that is partitions, which the product's own role can neither rewrite nor drop; and what is kept how
-- long. lib/store/product-role.ts says what the role may; here is what only the owner may, and lends it.

-- Functions below look names up in this schema alone: whoever calls them cannot put another table in the way.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- What is kept how long: one row, RetentionSettings of lib/contracts/retention.ts.
CREATE TABLE "retention" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "settings" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "retention_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "retention_one_row" CHECK ("id" = 1)
);

-- How the last clean-up of each kind of history went.
CREATE TABLE "clean_up" (
    "kind" TEXT NOT NULL,
    "worker_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "removed" BIGINT NOT NULL,
    "removed_at" TIMESTAMPTZ(3),
    "worked_at" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "clean_up_pkey" PRIMARY KEY ("kind")
);

-- The audit -------------------------------------------------------------------------------------------------------------
ALTER TABLE "audit" RENAME TO "audit_before";
ALTER TABLE "audit_before" RENAME CONSTRAINT "audit_pkey" TO "audit_before_pkey";
DROP INDEX "audit_at_idx";
DROP INDEX "audit_target_id_at_idx";

CREATE TABLE "audit" (
    "id" BIGINT NOT NULL DEFAULT nextval('audit_id_seq'),
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "token_id" TEXT,
    "token_name" TEXT,
    "address" TEXT,
    "action" TEXT NOT NULL,
    "target_kind" TEXT NOT NULL,
    "target_id" TEXT,
    "target_name" TEXT NOT NULL DEFAULT '',
    "pool_id" TEXT,
    "revision" INTEGER,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "audit_pkey" PRIMARY KEY ("id", "at")
) PARTITION BY RANGE ("at");
ALTER SEQUENCE "audit_id_seq" OWNED BY "audit"."id";

CREATE INDEX "audit_at_idx" ON "audit"("at");
CREATE INDEX "audit_target_id_id_idx" ON "audit"("target_id", "id" DESC);
CREATE INDEX "audit_pool_id_id_idx" ON "audit"("pool_id", "id" DESC);
CREATE TRIGGER "audit_append_only" BEFORE UPDATE OR DELETE ON "audit" FOR EACH ROW EXECUTE FUNCTION "refuse_rewriting"();
CREATE TRIGGER "audit_no_truncate" BEFORE TRUNCATE ON "audit" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting"();

-- Takes what belongs to a month that was not made yet: an entry is never refused for want of a partition.
CREATE TABLE "audit_default" PARTITION OF "audit" DEFAULT;
CREATE TRIGGER "audit_no_truncate" BEFORE TRUNCATE ON "audit_default" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting"();

-- Makes the partition of the month that begins at `start` (UTC), with what the default partition held of it meanwhile.
CREATE FUNCTION "audit_make_month"(start TIMESTAMPTZ) RETURNS BOOLEAN LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  partition_name TEXT := 'audit_' || to_char(start AT TIME ZONE 'UTC', 'YYYY_MM');
  after_it TIMESTAMPTZ := ((start AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
  IF to_regclass(quote_ident(partition_name)) IS NOT NULL THEN RETURN false; END IF;
  -- Attaching locks it in any case; first, so that nothing is written to it between the move and the attaching.
  LOCK TABLE audit_default IN ACCESS EXCLUSIVE MODE;
  EXECUTE format('CREATE TABLE %I (LIKE audit INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition_name);
  IF EXISTS (SELECT FROM audit_default WHERE at >= start AND at < after_it) THEN
    ALTER TABLE audit_default DISABLE TRIGGER audit_append_only;
    EXECUTE format('WITH moved AS (DELETE FROM audit_default WHERE at >= $1 AND at < $2 RETURNING *)
      INSERT INTO %I SELECT * FROM moved', partition_name) USING start, after_it;
    ALTER TABLE audit_default ENABLE TRIGGER audit_append_only;
  END IF;
  EXECUTE format('ALTER TABLE audit ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition_name, start, after_it);
  EXECUTE format('CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_rewriting()', partition_name);
  RETURN true;
END $$;

-- Makes the months from `moment` to three months on, and those of what the default partition holds. Returns how many.
CREATE FUNCTION "audit_prepare_at"(moment TIMESTAMPTZ) RETURNS INTEGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  start TIMESTAMPTZ;
  made INTEGER := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(7302010);
  -- Read to its end first: a table that a query still reads cannot be altered.
  FOREACH start IN ARRAY ARRAY(
    SELECT DISTINCT date_trunc('month', held.at, 'UTC') FROM audit_default held
    UNION
    SELECT (date_trunc('month', moment AT TIME ZONE 'UTC') + n * interval '1 month') AT TIME ZONE 'UTC'
    FROM generate_series(0, 3) n
    ORDER BY 1)
  LOOP
    IF audit_make_month(start) THEN made := made + 1; END IF;
  END LOOP;
  RETURN made;
END $$;

-- Drops the months that ended `keep_days` or longer before `moment`, whole, and writes of each that it did.
CREATE FUNCTION "audit_expire_at"(moment TIMESTAMPTZ, keep_days INTEGER) RETURNS BIGINT LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  part RECORD;
  held RECORD;
  removed BIGINT := 0;
BEGIN
  PERFORM audit_prepare_at(moment);
  FOR part IN
    SELECT child.relname AS name FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = 'audit'::regclass AND child.relname ~ '^audit_\d{4}_\d{2}$'
      AND (to_date(substr(child.relname, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC'
        <= moment - keep_days * interval '24 hours'
    ORDER BY child.relname
  LOOP
    EXECUTE format('SELECT count(*) AS entries, min(at) AS earliest, max(at) AS latest FROM %I', part.name) INTO held;
    EXECUTE format('DROP TABLE %I', part.name);
    INSERT INTO audit (actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, before)
    VALUES ('system', 'retention', 'retention', 'audit.expire', 'audit', part.name,
      replace(substr(part.name, 7), '_', '-'),
      jsonb_build_object('entries', held.entries, 'earliest', held.earliest, 'latest', held.latest, 'keptDays', keep_days));
    removed := removed + held.entries;
  END LOOP;
  RETURN removed;
END $$;

-- What the product's role may call: with the owner's rights, at the present time, by the settings that are stored. They give
-- up rather than hold the writers of entries up behind them.
CREATE FUNCTION "audit_prepare"() RETURNS INTEGER LANGUAGE sql SECURITY DEFINER
  SET search_path FROM CURRENT SET lock_timeout TO '2s' AS $$ SELECT audit_prepare_at(now()) $$;

-- Thirty days are kept whatever the settings say: nobody hides what they just did by changing those.
CREATE FUNCTION "audit_expire"() RETURNS BIGINT LANGUAGE plpgsql SECURITY DEFINER
  SET search_path FROM CURRENT SET lock_timeout TO '2s' AS $$
DECLARE
  keep_days INTEGER := (SELECT (settings->>'auditDays')::integer FROM retention);
BEGIN
  IF keep_days IS NULL THEN RETURN 0; END IF;
  RETURN audit_expire_at(now(), greatest(keep_days, 30));
END $$;

REVOKE ALL ON FUNCTION "audit_make_month"(TIMESTAMPTZ), "audit_prepare_at"(TIMESTAMPTZ),
  "audit_expire_at"(TIMESTAMPTZ, INTEGER), "audit_prepare"(), "audit_expire"() FROM PUBLIC;

-- What was written so far, into its months. Nothing of it is lost, and the numbers go on.
DO $$
DECLARE start TIMESTAMPTZ;
BEGIN
  FOR start IN SELECT DISTINCT date_trunc('month', at, 'UTC') FROM audit_before ORDER BY 1 LOOP
    PERFORM audit_make_month(start);
  END LOOP;
END $$;
INSERT INTO "audit" ("id", "at", "actor_kind", "actor_id", "actor_name", "token_id", "token_name", "address", "action",
    "target_kind", "target_id", "target_name", "pool_id", "revision", "before", "after")
  SELECT "id", "at", "actor_kind", "actor_id", "actor_name",
    CASE WHEN "actor_kind" = 'token' THEN "actor_id" END, CASE WHEN "actor_kind" = 'token' THEN "actor_name" END,
    "address", "action", "target_kind", "target_id", "target_name",
    CASE "target_kind" WHEN 'pool' THEN "target_id"
      WHEN 'node' THEN (SELECT node.pool_id::text FROM node WHERE node.id::text = audit_before.target_id) END,
    "revision", "before", "after"
  FROM "audit_before";
DROP TABLE "audit_before";
SELECT "audit_prepare_at"(now());
