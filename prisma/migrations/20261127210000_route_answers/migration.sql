-- A route may answer by itself, without a pool; what else it does with its requests is kept as settings.

ALTER TABLE "route" ALTER COLUMN "pool_id" DROP NOT NULL;
ALTER TABLE "route" ADD COLUMN "settings" JSONB NOT NULL DEFAULT '{}';
