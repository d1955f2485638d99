-- Who has taken an alert on, and what they said of it.
ALTER TABLE "alert" ADD COLUMN "acknowledged_at" TIMESTAMPTZ(3), ADD COLUMN "acknowledged_by" TEXT, ADD COLUMN "acknowledgement" TEXT NOT NULL DEFAULT '';
