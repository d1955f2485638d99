-- Revisions share what they did not change: a document is kept in parts, each once, under the hash of its content. Nodes are
-- parts in runs, so that one changed field among a thousand nodes costs one run and the list of the others' hashes.
CREATE TABLE "config_part" (
    "hash" TEXT NOT NULL,
    "content" JSONB NOT NULL,

    CONSTRAINT "config_part_pkey" PRIMARY KEY ("hash")
);
ALTER TABLE "revision" ADD COLUMN "layout" JSONB;

-- Documents from before, in runs of 32 nodes.
CREATE TEMPORARY TABLE "old_part" AS
SELECT number, 'proxy' AS kind, 0::bigint AS pool, 0::bigint AS run, COALESCE(document->'proxy', '{}'::jsonb) AS content FROM revision
UNION ALL
SELECT number, 'routes', 0, 0, document->'routes' FROM revision
UNION ALL
SELECT number, 'pool', pool.place, 0, pool.value - 'nodes'
  FROM revision, jsonb_array_elements(document->'pools') WITH ORDINALITY AS pool(value, place)
UNION ALL
SELECT number, 'run', pool.place, (node.place - 1) / 32, jsonb_agg(node.value ORDER BY node.place)
  FROM revision, jsonb_array_elements(document->'pools') WITH ORDINALITY AS pool(value, place),
    jsonb_array_elements(pool.value->'nodes') WITH ORDINALITY AS node(value, place)
  GROUP BY number, pool.place, (node.place - 1) / 32;
ALTER TABLE "old_part" ADD COLUMN "hash" TEXT;
UPDATE "old_part" SET hash = encode(sha256(convert_to(content::text, 'UTF8')), 'hex');
INSERT INTO "config_part" (hash, content) SELECT DISTINCT ON (hash) hash, content FROM "old_part";
-- History is not rewritten, but how it is kept.
ALTER TABLE "revision" DISABLE TRIGGER USER;
UPDATE "revision" SET layout = jsonb_build_object(
  'proxy', (SELECT hash FROM old_part WHERE old_part.number = revision.number AND kind = 'proxy'),
  'routes', (SELECT hash FROM old_part WHERE old_part.number = revision.number AND kind = 'routes'),
  'pools', COALESCE((
    SELECT jsonb_agg(jsonb_build_object('pool', p.hash, 'nodes', COALESCE((
        SELECT jsonb_agg(r.hash ORDER BY r.run) FROM old_part r
          WHERE r.number = p.number AND r.kind = 'run' AND r.pool = p.pool), '[]'::jsonb)) ORDER BY p.pool)
      FROM old_part p WHERE p.number = revision.number AND p.kind = 'pool'), '[]'::jsonb));
ALTER TABLE "revision" ENABLE TRIGGER USER;
DROP TABLE "old_part";
ALTER TABLE "revision" ALTER COLUMN "layout" SET NOT NULL, DROP COLUMN "document";

-- The whole document of a revision; null when there is none. A part that is not there leaves a null in its place, which no
-- reader takes for a configuration. A layout may also name one part that is the document as it is (`whole`).
CREATE FUNCTION "revision_document"(wanted INTEGER) RETURNS JSONB LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN layout ? 'whole' THEN (SELECT content FROM config_part WHERE hash = layout->>'whole') ELSE jsonb_build_object(
    'proxy', (SELECT content FROM config_part WHERE hash = layout->>'proxy'),
    'routes', (SELECT content FROM config_part WHERE hash = layout->>'routes'),
    'pools', COALESCE((
      SELECT jsonb_agg(part.content || jsonb_build_object('nodes', COALESCE((
          SELECT jsonb_agg(node.value ORDER BY run.place, node.place)
            FROM jsonb_array_elements_text(pool.value->'nodes') WITH ORDINALITY AS run(hash, place)
            LEFT JOIN config_part piece ON piece.hash = run.hash
            LEFT JOIN LATERAL jsonb_array_elements(piece.content) WITH ORDINALITY AS node(value, place) ON true
        ), '[]'::jsonb)) ORDER BY pool.place)
        FROM jsonb_array_elements(layout->'pools') WITH ORDINALITY AS pool(value, place)
        LEFT JOIN config_part part ON part.hash = pool.value->>'pool'), '[]'::jsonb)) END
    FROM revision WHERE number = wanted
$$;

-- Parts go with the last revision that has them, whoever deletes it. Publishes wait meanwhile: one may be about to use a part
-- that nobody else has any more.
CREATE FUNCTION "drop_unused_config_parts"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7302001);
  DELETE FROM config_part WHERE hash NOT IN (
    SELECT part #>> '{}' FROM revision, jsonb_path_query(layout, 'strict $.**') AS part WHERE jsonb_typeof(part) = 'string');
  RETURN NULL;
END
$$;
CREATE TRIGGER "revision_parts" AFTER DELETE ON "revision" FOR EACH STATEMENT EXECUTE FUNCTION "drop_unused_config_parts"();
