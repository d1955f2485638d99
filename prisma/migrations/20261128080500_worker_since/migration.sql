-- Since when a worker runs its revision, or refuses another, and which of its proxy processes runs which.
ALTER TABLE "worker"
  ADD COLUMN "revision_since" TIMESTAMPTZ(3),
  ADD COLUMN "refused_since" TIMESTAMPTZ(3),
  ADD COLUMN "processes" JSONB NOT NULL DEFAULT '[]';
