-- A canary may be of a change set, as it was when it started: published with it, unless it was edited meanwhile.
ALTER TABLE "canary" ADD COLUMN "change_set_id" UUID, ADD COLUMN "change_set_name" TEXT, ADD COLUMN "change_set_version" INTEGER;
ALTER TABLE "canary" ADD CONSTRAINT "canary_change_set_id_fkey" FOREIGN KEY ("change_set_id") REFERENCES "change_set"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- A revision stays what it is, but for the end of its canary: that it is in force from then on, or never was.
CREATE FUNCTION "refuse_rewriting_revision"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'canary' AND NEW.state IN ('published', 'rolled-back')
    AND to_jsonb(OLD) - ARRAY['state', 'published_at'] = to_jsonb(NEW) - ARRAY['state', 'published_at'] THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'revision is append-only' USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER "revision_immutable" ON "revision";
CREATE TRIGGER "revision_immutable" BEFORE UPDATE ON "revision" FOR EACH ROW EXECUTE FUNCTION "refuse_rewriting_revision"();
