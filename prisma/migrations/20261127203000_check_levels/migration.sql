-- AlterTable
ALTER TABLE "node_health" ADD COLUMN     "checks" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "detail" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "level" TEXT;
