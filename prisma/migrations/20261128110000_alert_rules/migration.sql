-- Alerts of rules: which rule, about what, with which figures, since when there is nothing to fire for, and whether it is told.
ALTER TABLE "alert"
    ADD COLUMN "rule_key" TEXT NOT NULL DEFAULT '',
    ADD COLUMN "rule_name" TEXT NOT NULL DEFAULT '',
    ADD COLUMN "subject_kind" TEXT NOT NULL DEFAULT 'node',
    ADD COLUMN "subject_id" TEXT NOT NULL DEFAULT '',
    ADD COLUMN "subject_name" TEXT NOT NULL DEFAULT '',
    ADD COLUMN "figures" JSONB NOT NULL DEFAULT '{}',
    ADD COLUMN "clear_since" TIMESTAMPTZ(3),
    ADD COLUMN "end_cause" TEXT,
    ADD COLUMN "muted_by" UUID,
    ADD COLUMN "muted_kind" TEXT,
    ADD COLUMN "muted_name" TEXT NOT NULL DEFAULT '',
    ADD COLUMN "muted_until" TIMESTAMPTZ(3);
UPDATE "alert" SET "rule_key" = "rule", "subject_id" = COALESCE("node_id"::text, ''), "subject_name" = "node_name";
CREATE INDEX "alert_rule_key_idx" ON "alert"("rule_key", "fired_at" DESC);

-- What holds, and not for long enough yet: who takes over goes on from here.
CREATE TABLE "alert_pending" (
    "fingerprint" TEXT NOT NULL,
    "rule_key" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alert_pending_pkey" PRIMARY KEY ("fingerprint")
);

-- Who evaluates, and until when. One row.
CREATE TABLE "alert_lease" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "holder" TEXT NOT NULL DEFAULT '',
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "until" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "alert_lease_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "alert_lease_one" CHECK ("id" = 1)
);
INSERT INTO "alert_lease" DEFAULT VALUES;

-- What happened to an alert.
CREATE TABLE "alert_event" (
    "id" BIGSERIAL NOT NULL,
    "alert_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "what" TEXT NOT NULL,
    "by" TEXT NOT NULL DEFAULT '',
    "note" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "alert_event_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "alert_event_alert_id_idx" ON "alert_event"("alert_id", "id");
ALTER TABLE "alert_event" ADD CONSTRAINT "alert_event_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alert"("id") ON DELETE CASCADE ON UPDATE CASCADE;
INSERT INTO "alert_event" ("alert_id", "at", "what") SELECT "id", "fired_at", 'fired' FROM "alert";
INSERT INTO "alert_event" ("alert_id", "at", "what", "by", "note")
    SELECT "id", "acknowledged_at", 'acknowledged', COALESCE("acknowledged_by", ''), "acknowledgement" FROM "alert" WHERE "acknowledged_at" IS NOT NULL;
INSERT INTO "alert_event" ("alert_id", "at", "what") SELECT "id", "resolved_at", 'resolved' FROM "alert" WHERE "resolved_at" IS NOT NULL;

-- Alerts that are not told, until they end.
CREATE TABLE "silence" (
    "id" UUID NOT NULL,
    "matchers" JSONB NOT NULL,
    "comment" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "ended_by" TEXT,

    CONSTRAINT "silence_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "silence_ends_at_idx" ON "silence"("ends_at" DESC);

-- The same, again and again.
CREATE TABLE "maintenance_window" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "mode" TEXT NOT NULL,
    "matchers" JSONB NOT NULL,
    "schedule" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "maintenance_window_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "maintenance_window_name_key_key" ON "maintenance_window"("name_key");
