-- The demo fleet, while there is one: who started it, which worker runs its nodes, and at which ports.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE "demo_fleet" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "run_id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_by" TEXT NOT NULL,
    "worker_id" TEXT,
    "host" TEXT NOT NULL DEFAULT '',
    "seen_at" TIMESTAMPTZ(3),
    "ports" JSONB NOT NULL DEFAULT '{}',
    "fault" TEXT NOT NULL DEFAULT '',
    "configured_at" TIMESTAMPTZ(3),

    CONSTRAINT "demo_fleet_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "demo_fleet_single" CHECK ("id" = 1)
);
