-- Whether an identity provider's claims gave a person their role: it is then read again at every sign-in.
ALTER TABLE "user" ADD COLUMN "role_mapped" BOOLEAN NOT NULL DEFAULT false;
-- One identity is one person.
CREATE UNIQUE INDEX "account_provider_id_account_id_key" ON "account"("provider_id", "account_id");
