-- Where a worker stands (GB_ZONE): pools may prefer nodes of its own zone.
ALTER TABLE "worker" ADD COLUMN "zone" TEXT NOT NULL DEFAULT '';
