-- Change sets count their edits, and are found by whether they are published.
ALTER TABLE "change_set" ADD COLUMN "version" INTEGER NOT NULL DEFAULT 0;
CREATE INDEX "change_set_revision_updated_at_idx" ON "change_set"("revision", "updated_at" DESC);
