-- Secret values of the configuration (credentials of nodes, secret headers), as ciphertext only (lib/store/sealing.ts). A row is
-- never changed but by a rotation of the key: a new value is a new row, so that a roll-back finds the value of its time.
CREATE TABLE "secret" (
    "id" UUID NOT NULL,
    -- The node, pool or route that it was given to: no other may refer to it. It may be gone and come back by a roll-back.
    "owner_id" UUID NOT NULL,
    "sealed" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "secret_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "secret_owner_id_idx" ON "secret"("owner_id");
