-- Labels of the pool or node that an alert is about, as they were when it fired; null: it is about neither. Those that fire now have none.
ALTER TABLE "alert" ADD COLUMN "labels" JSONB;
UPDATE "alert" SET "labels" = '{}' WHERE "state" = 'firing' AND "pool_id" IS NOT NULL;

-- What is matched names labels, too.
UPDATE "silence" SET "matchers" = "matchers" || '{"labels": []}' WHERE NOT "matchers" ? 'labels';
UPDATE "maintenance_window" SET "matchers" = "matchers" || '{"labels": []}' WHERE NOT "matchers" ? 'labels';
