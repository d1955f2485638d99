-- A revision may be a canary first: it has its number and its document, and is not in force.
ALTER TABLE "revision" ADD COLUMN "state" TEXT NOT NULL DEFAULT 'published';

CREATE TABLE "canary" (
    "id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "base_revision" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'running',
    "note" TEXT NOT NULL DEFAULT '',
    "settings" JSONB NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_by" TEXT NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" TEXT,
    "reason" TEXT,
    "detail" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "canary_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "canary_revision_key" ON "canary"("revision");
CREATE INDEX "canary_started_at_idx" ON "canary"("started_at" DESC);
-- There is one at most, whoever tries.
CREATE UNIQUE INDEX "canary_running" ON "canary"("state") WHERE "state" = 'running';
ALTER TABLE "canary" ADD CONSTRAINT "canary_revision_fkey" FOREIGN KEY ("revision") REFERENCES "revision"("number") ON DELETE CASCADE ON UPDATE CASCADE;

-- What each worker measured since the canary started.
CREATE TABLE "canary_tally" (
    "canary_id" UUID NOT NULL,
    "worker_id" TEXT NOT NULL,
    "measured_at" TIMESTAMPTZ(3) NOT NULL,
    "tally" JSONB NOT NULL,

    CONSTRAINT "canary_tally_pkey" PRIMARY KEY ("canary_id", "worker_id")
);
ALTER TABLE "canary_tally" ADD CONSTRAINT "canary_tally_canary_id_fkey" FOREIGN KEY ("canary_id") REFERENCES "canary"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What was known and decided over time; `step` keeps several workers from writing the same moment down.
CREATE TABLE "canary_evidence" (
    "canary_id" UUID NOT NULL,
    "step" INTEGER NOT NULL,
    "evidence" JSONB NOT NULL,

    CONSTRAINT "canary_evidence_pkey" PRIMARY KEY ("canary_id", "step")
);
ALTER TABLE "canary_evidence" ADD CONSTRAINT "canary_evidence_canary_id_fkey" FOREIGN KEY ("canary_id") REFERENCES "canary"("id") ON DELETE CASCADE ON UPDATE CASCADE;
