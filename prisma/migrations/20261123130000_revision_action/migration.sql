-- A revision without a note used to get an English one, which a Chinese dashboard could not translate. What it did is
-- kept as a code and a name instead, and worded where it is read.
ALTER TABLE "revision" ADD COLUMN "action" TEXT NOT NULL DEFAULT '';
ALTER TABLE "revision" ADD COLUMN "target" TEXT NOT NULL DEFAULT '';
