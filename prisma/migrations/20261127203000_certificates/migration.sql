-- Certificates of the TLS listener. They are no part of revisions: a roll-back must never bring an expired one back.
-- A private key is here as ciphertext only (lib/store/sealing.ts).
CREATE TABLE "certificate" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "chain" TEXT NOT NULL,
    "sealed_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "certificate_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "certificate_name_key_key" ON "certificate"("name_key");
-- At most one answers clients that ask for no name, or for one that no certificate has.
CREATE UNIQUE INDEX "certificate_default_key" ON "certificate" ("is_default") WHERE "is_default";

-- A text sealed with the key that all secrets here are sealed with: another key stops the start.
CREATE TABLE "secret_check" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "sealed" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "secret_check_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "secret_check_id_check" CHECK ("id" = 1)
);
