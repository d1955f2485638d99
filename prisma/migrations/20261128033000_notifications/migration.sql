CREATE TABLE "notification_channel" (
  "id" uuid PRIMARY KEY,
  "name" text NOT NULL,
  "name_key" text NOT NULL,
  "enabled" boolean NOT NULL,
  "kind" text NOT NULL,
  "language" text NOT NULL,
  "leads_to" text NOT NULL,
  "match" jsonb NOT NULL,
  "sealed_target" text NOT NULL,
  "full_at" timestamptz(3),
  "sending_until" timestamptz(3),
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  "updated_at" timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX "notification_channel_name_key_key" ON "notification_channel" ("name_key");

CREATE TABLE "notification_delivery" (
  "id" bigserial PRIMARY KEY,
  "channel_id" uuid NOT NULL REFERENCES "notification_channel" ("id") ON DELETE CASCADE,
  "event" text NOT NULL,
  "alert_id" uuid,
  "subject" text NOT NULL,
  "state" text NOT NULL DEFAULT 'pending',
  "attempts" integer NOT NULL DEFAULT 0,
  "last_error" text,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  "next_attempt_at" timestamptz(3),
  "settled_at" timestamptz(3)
);
-- Nobody is told twice, whoever finds an alert untold.
CREATE UNIQUE INDEX "notification_delivery_channel_id_alert_id_event_key" ON "notification_delivery" ("channel_id", "alert_id", "event");
CREATE INDEX "notification_delivery_due" ON "notification_delivery" ("next_attempt_at") WHERE "state" = 'pending';
CREATE INDEX "notification_delivery_channel_id_id_idx" ON "notification_delivery" ("channel_id", "id" DESC);
CREATE INDEX "notification_delivery_alert_id_idx" ON "notification_delivery" ("alert_id");

-- What of an alert was handed to the channels. The alerts of before are history: nobody is told of them now.
ALTER TABLE "alert" ADD COLUMN "firing_told" boolean NOT NULL DEFAULT false, ADD COLUMN "end_told" boolean NOT NULL DEFAULT false;
UPDATE "alert" SET "firing_told" = true, "end_told" = ("state" = 'resolved');
CREATE INDEX "alert_untold" ON "alert" ("id") WHERE NOT "firing_told" OR ("state" = 'resolved' AND NOT "end_told");
