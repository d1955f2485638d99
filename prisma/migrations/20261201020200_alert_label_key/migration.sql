-- Alerts by the labels that their pool or node had: one key for the same labels.
ALTER TABLE "alert" ADD COLUMN "label_key" TEXT GENERATED ALWAYS AS (md5("labels"::text)) STORED;
CREATE INDEX "alert_label_key_fired_at_idx" ON "alert"("label_key", "fired_at" DESC);
