-- People besides the first administrator: invited, deactivated, and when they were last seen.
ALTER TABLE "user" ADD COLUMN "deactivated_at" TIMESTAMPTZ(3), ADD COLUMN "last_seen_at" TIMESTAMPTZ(3);
ALTER TABLE "session" ADD COLUMN "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

CREATE TABLE "invitation" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "invited_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "invitation_email_key" ON "invitation"("email");
CREATE UNIQUE INDEX "invitation_hash_key" ON "invitation"("hash");

-- How soon passwords may be tried again, by address and by account.
CREATE TABLE "password_attempts" (
    "key" TEXT NOT NULL,
    "full_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "password_attempts_pkey" PRIMARY KEY ("key")
);
CREATE INDEX "password_attempts_full_at_idx" ON "password_attempts"("full_at");

-- A token may be limited to some pools.
ALTER TABLE "api_token" ADD COLUMN "pool_ids" UUID[] DEFAULT ARRAY[]::UUID[];
