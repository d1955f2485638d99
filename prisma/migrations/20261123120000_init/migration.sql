-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "revision" (
    "number" INTEGER NOT NULL,
    "document" JSONB NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "author" TEXT NOT NULL,
    "based_on" INTEGER,
    "published_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "change_count" INTEGER NOT NULL,

    CONSTRAINT "revision_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "change_set" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "operations" JSONB NOT NULL DEFAULT '[]',
    "base_revision" INTEGER NOT NULL,
    "revision" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "change_set_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pool" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL,
    "settings" JSONB NOT NULL,

    CONSTRAINT "pool_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "node" (
    "id" UUID NOT NULL,
    "pool_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "weight" INTEGER NOT NULL,
    "backup" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL,
    "settings" JSONB NOT NULL,

    CONSTRAINT "node_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "route" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "pool_id" UUID NOT NULL,
    "match" JSONB NOT NULL,
    "position" INTEGER NOT NULL,

    CONSTRAINT "route_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "node_admin_state" (
    "node_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deadline_at" TIMESTAMPTZ(3),
    "by" TEXT NOT NULL,

    CONSTRAINT "node_admin_state_pkey" PRIMARY KEY ("node_id")
);

-- CreateTable
CREATE TABLE "node_warm_up" (
    "node_id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "cause" TEXT NOT NULL,

    CONSTRAINT "node_warm_up_pkey" PRIMARY KEY ("node_id")
);

-- CreateTable
CREATE TABLE "node_health" (
    "node_id" UUID NOT NULL,
    "worker_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "consecutive_passes" INTEGER NOT NULL,
    "consecutive_failures" INTEGER NOT NULL,
    "last_check_at" TIMESTAMPTZ(3),
    "latency_ms" DOUBLE PRECISION,

    CONSTRAINT "node_health_pkey" PRIMARY KEY ("node_id","worker_id")
);

-- CreateTable
CREATE TABLE "node_ejection" (
    "node_id" UUID NOT NULL,
    "worker_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3),
    "until" TIMESTAMPTZ(3),
    "cause" TEXT NOT NULL DEFAULT '',
    "times_ejected" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "node_ejection_pkey" PRIMARY KEY ("node_id","worker_id")
);

-- CreateTable
CREATE TABLE "node_breaker" (
    "node_id" UUID NOT NULL,
    "worker_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3),
    "until" TIMESTAMPTZ(3),
    "cause" TEXT NOT NULL DEFAULT '',
    "times_opened" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "node_breaker_pkey" PRIMARY KEY ("node_id","worker_id")
);

-- CreateTable
CREATE TABLE "health_event" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "node_id" UUID NOT NULL,
    "worker_id" TEXT NOT NULL,
    "fact" TEXT NOT NULL,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "health_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "worker" (
    "id" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "heartbeat_at" TIMESTAMPTZ(3) NOT NULL,
    "revision" INTEGER,
    "refused_revision" INTEGER,
    "refusal" TEXT,
    "proxy_processes" INTEGER NOT NULL DEFAULT 0,
    "serving_since" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "worker_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert" (
    "id" UUID NOT NULL,
    "rule" TEXT NOT NULL,
    "level" INTEGER NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "pool_id" UUID,
    "node_id" UUID,
    "pool_name" TEXT NOT NULL,
    "node_name" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "consecutive_failures" INTEGER NOT NULL,
    "fired_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "metric_frame" (
    "worker_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "frame" JSONB NOT NULL,

    CONSTRAINT "metric_frame_pkey" PRIMARY KEY ("at","worker_id")
);

-- CreateTable
CREATE TABLE "metric_rollup" (
    "resolution" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "worker_id" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "target_id" UUID NOT NULL,
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
    "latency" BYTEA NOT NULL,

    CONSTRAINT "metric_rollup_pkey" PRIMARY KEY ("resolution","scope","target_id","at","worker_id")
);

-- CreateTable
CREATE TABLE "user" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "role" TEXT NOT NULL DEFAULT 'viewer',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "token" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "user_id" TEXT NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(3),
    "refresh_token_expires_at" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_limit" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "last_request" BIGINT NOT NULL,

    CONSTRAINT "rate_limit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_token" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "address" TEXT,
    "action" TEXT NOT NULL,
    "target_kind" TEXT NOT NULL,
    "target_id" TEXT,
    "target_name" TEXT NOT NULL DEFAULT '',
    "revision" INTEGER,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "audit_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "pool_name_key_key" ON "pool"("name_key");

-- CreateIndex
CREATE UNIQUE INDEX "node_pool_id_name_key_key" ON "node"("pool_id", "name_key");

-- CreateIndex
CREATE INDEX "route_pool_id_idx" ON "route"("pool_id");

-- CreateIndex
CREATE INDEX "health_event_node_id_at_idx" ON "health_event"("node_id", "at" DESC);

-- CreateIndex
CREATE INDEX "health_event_at_idx" ON "health_event"("at");

-- CreateIndex
CREATE INDEX "alert_fired_at_idx" ON "alert"("fired_at" DESC);

-- CreateIndex
CREATE INDEX "alert_state_fired_at_idx" ON "alert"("state", "fired_at" DESC);

-- CreateIndex
CREATE INDEX "metric_rollup_resolution_at_idx" ON "metric_rollup"("resolution", "at");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_key" ON "session"("token");

-- CreateIndex
CREATE INDEX "session_user_id_idx" ON "session"("user_id");

-- CreateIndex
CREATE INDEX "account_user_id_idx" ON "account"("user_id");

-- CreateIndex
CREATE INDEX "verification_identifier_idx" ON "verification"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "rate_limit_key_key" ON "rate_limit"("key");

-- CreateIndex
CREATE UNIQUE INDEX "api_token_name_key" ON "api_token"("name");

-- CreateIndex
CREATE UNIQUE INDEX "api_token_hash_key" ON "api_token"("hash");

-- CreateIndex
CREATE INDEX "audit_at_idx" ON "audit"("at" DESC);

-- CreateIndex
CREATE INDEX "audit_target_id_at_idx" ON "audit"("target_id", "at" DESC);

-- AddForeignKey
ALTER TABLE "change_set" ADD CONSTRAINT "change_set_revision_fkey" FOREIGN KEY ("revision") REFERENCES "revision"("number") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "node" ADD CONSTRAINT "node_pool_id_fkey" FOREIGN KEY ("pool_id") REFERENCES "pool"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "route" ADD CONSTRAINT "route_pool_id_fkey" FOREIGN KEY ("pool_id") REFERENCES "pool"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "node_admin_state" ADD CONSTRAINT "node_admin_state_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "node"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "node_warm_up" ADD CONSTRAINT "node_warm_up_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "node"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "node_health" ADD CONSTRAINT "node_health_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "node"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "node_health" ADD CONSTRAINT "node_health_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "worker"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "node_ejection" ADD CONSTRAINT "node_ejection_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "node"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "node_ejection" ADD CONSTRAINT "node_ejection_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "worker"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "node_breaker" ADD CONSTRAINT "node_breaker_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "node"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "node_breaker" ADD CONSTRAINT "node_breaker_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "worker"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;



-- What the Prisma schema cannot say ----------------------------------------------------------------------------------

-- At most one pool takes what no route matches.
CREATE UNIQUE INDEX "pool_default_key" ON "pool" ("is_default") WHERE "is_default";
-- An alert fires once: two workers, or a worker started again, cannot raise it twice.
CREATE UNIQUE INDEX "alert_firing_key" ON "alert" ("fingerprint") WHERE "state" = 'firing';

ALTER TABLE "pool" ADD CONSTRAINT "pool_algorithm_check" CHECK ("algorithm" IN
  ('weighted-round-robin', 'least-connections', 'peak-ewma', 'least-time', 'random-two-choices', 'consistent-hash'));
ALTER TABLE "node" ADD CONSTRAINT "node_weight_check" CHECK ("weight" BETWEEN 0 AND 1000);
ALTER TABLE "node_admin_state" ADD CONSTRAINT "node_admin_state_check" CHECK ("state" IN ('ready', 'drain', 'maintenance'));
ALTER TABLE "node_health" ADD CONSTRAINT "node_health_check" CHECK ("state" IN ('unknown', 'healthy', 'unhealthy'));
ALTER TABLE "node_ejection" ADD CONSTRAINT "node_ejection_check" CHECK ("state" IN ('in', 'ejected'));
ALTER TABLE "node_breaker" ADD CONSTRAINT "node_breaker_check" CHECK ("state" IN ('closed', 'open', 'half-open'));
ALTER TABLE "alert" ADD CONSTRAINT "alert_state_check" CHECK ("state" IN ('firing', 'resolved'));
ALTER TABLE "alert" ADD CONSTRAINT "alert_times_check" CHECK (("state" = 'firing') = ("resolved_at" IS NULL));
ALTER TABLE "user" ADD CONSTRAINT "user_role_check" CHECK ("role" IN ('viewer', 'operator', 'publisher', 'admin'));
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_role_check" CHECK ("role" IN ('viewer', 'operator', 'publisher', 'admin'));

-- Frames of single seconds are worth ten minutes: they need not survive a crash of the server.
ALTER TABLE "metric_frame" SET UNLOGGED;

-- Published revisions and the audit are history: nobody rewrites them.
CREATE FUNCTION "refuse_rewriting"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "audit_append_only" BEFORE UPDATE OR DELETE ON "audit" FOR EACH ROW EXECUTE FUNCTION "refuse_rewriting"();
CREATE TRIGGER "audit_no_truncate" BEFORE TRUNCATE ON "audit" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting"();
CREATE TRIGGER "revision_immutable" BEFORE UPDATE ON "revision" FOR EACH ROW EXECUTE FUNCTION "refuse_rewriting"();
