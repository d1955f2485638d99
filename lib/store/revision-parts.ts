// A document in parts, each kept once under the hash of its content: what a revision did not change is stored already.
import { createHash } from "node:crypto";
import type { ConfigDocument, ConfigNode, ConfigPool } from "#lib/contracts/config.ts";
import type { RevisionLayout } from "#lib/contracts/revision-layout.ts";
import { runsOf } from "#lib/core/config/runs.ts";
import { canonicalJson } from "#lib/core/config/same.ts";
import type { Tx } from "#lib/store/db.ts";

/** Hash → content as JSON. */
type Parts = Map<string, string>;

/** Stores what of `document` is not stored yet. One publish at a time: the caller holds the lock. */
export async function storeParts(tx: Tx, document: ConfigDocument): Promise<RevisionLayout> {
  const parts: Parts = new Map();
  const layout = layOut(document, parts);
  const known = await tx.$queryRaw<{ hash: string }[]>`
    SELECT hash FROM config_part WHERE hash = ANY(${[...parts.keys()]}::text[])`;
  for (const { hash } of known) parts.delete(hash);
  if (parts.size > 0)
    await tx.$executeRaw`
      INSERT INTO config_part (hash, content)
      SELECT hash, content::jsonb FROM unnest(${[...parts.keys()]}::text[], ${[...parts.values()]}::text[]) AS part(hash, content)
      ON CONFLICT DO NOTHING`;
  return layout;
}

function layOut(document: ConfigDocument, parts: Parts): RevisionLayout {
  return {
    proxy: add(parts, canonicalJson(document.proxy)),
    routes: add(parts, canonicalJson(document.routes)),
    pools: document.pools.map(({ nodes, ...pool }) => ({
      pool: add(parts, canonicalJson(pool)),
      nodes: runsOf(nodes).map((run) => add(parts, `[${run.map(nodeJson).join(",")}]`)),
    })),
  };
}

function add(parts: Parts, content: string): string {
  const hash = createHash("sha256").update(content).digest("base64url");
  parts.set(hash, content);
  return hash;
}

/** A node that was not changed is the same object as before: of a thousand, one is written anew. */
const written = new WeakMap<ConfigNode, string>();

function nodeJson(node: ConfigPool["nodes"][number]): string {
  const known = written.get(node);
  if (known !== undefined) return known;
  const json = canonicalJson(node);
  written.set(node, json);
  return json;
}
