-- What the next loss of the database is named after: workers that cannot talk to each other then give its alert one id.
ALTER TABLE "alert_lease" ADD COLUMN "outage" UUID NOT NULL DEFAULT gen_random_uuid();
