// Reads one stored document after the other. A publish changes little, and checking a thousand nodes takes ten times as
// long as comparing their texts: what is word for word what it was is taken over, as the very same object, so that the
// proxies need to be told, and to put in force, only what is new.
import { ConfigDocument, ConfigNode, ConfigPool } from "#lib/contracts/config.ts";
import { setAsideUnknownRules } from "#lib/core/alerts/unknown-rules.ts";
import { violationsOf } from "#lib/core/config/rules.ts";
import { isRecord } from "#lib/core/config/same.ts";
import { clearSecretsOf } from "#lib/core/config/secrets.ts";
import { compileRoutes } from "#lib/core/routing/compile.ts";
import { checkDocument } from "./check-document.ts";

/** The text that something was read from, and what came of it. */
type Known<T> = { text: string; value: T };
type KnownPool = Known<ConfigPool> & { nodes: Map<string, Known<ConfigNode>> };
type Rest = Known<Pick<ConfigDocument, "routes" | "proxy">>;

export class DocumentReader {
  #pools = new Map<string, KnownPool>();
  #rest: Rest | null = null;

  /** The document when this worker can use it, else why not, as a detail (lib/contracts/check-detail.ts). */
  read(given: unknown): ConfigDocument | string {
    const stored = setAsideUnknownRules(given).document;
    const [pools, before] = [this.#pools, this.#rest];
    const document = isRecord(stored) ? this.#assemble(stored) : null;
    if (document !== null && isUsable(document)) return document;
    // Whatever is wrong is told by who checks the whole; what was known stays known.
    [this.#pools, this.#rest] = [pools, before];
    return checkDocument(stored);
  }

  #assemble({ pools, ...rest }: Record<string, unknown>): ConfigDocument | null {
    if (!Array.isArray(pools)) return null;
    const known = new Map<string, KnownPool>();
    for (const stored of pools) {
      const pool = isRecord(stored) && Array.isArray(stored.nodes) ? this.#pool(stored, stored.nodes) : null;
      if (pool === null) return null;
      known.set(pool.value.id, pool);
    }
    const others = this.#others(rest);
    // Two pools of one id are for the rules to tell of.
    if (others === null || known.size !== pools.length) return null;
    [this.#pools, this.#rest] = [known, others];
    return { pools: [...known.values()].map(({ value }) => value), ...others.value };
  }

  #others(rest: Record<string, unknown>): Rest | null {
    const text = JSON.stringify(rest);
    if (this.#rest?.text === text) return this.#rest;
    const parsed = ConfigDocument.safeParse({ ...rest, pools: [] });
    if (!parsed.success) return null;
    const { routes, proxy } = parsed.data;
    const before = this.#rest?.value;
    const keep = <T>(now: T, then: T | undefined): T =>
      JSON.stringify(now) === JSON.stringify(then) ? (then as T) : now;
    return { text, value: { routes: keep(routes, before?.routes), proxy: keep(proxy, before?.proxy) } };
  }

  #pool(stored: Record<string, unknown>, storedNodes: readonly unknown[]): KnownPool | null {
    const before = this.#pools.get(String(stored.id));
    const nodes = new Map<string, Known<ConfigNode>>();
    for (const one of storedNodes) {
      const text = textOf(one);
      const known = isRecord(one) ? before?.nodes.get(String(one.id)) : undefined;
      const node = known?.text === text ? known : readNode(one, text);
      if (node === null) return null;
      nodes.set(node.value.id, node);
    }
    if (nodes.size !== storedNodes.length) return null;
    const values = [...nodes.values()].map(({ value }) => value);
    const text = JSON.stringify({ ...stored, nodes: [] });
    if (before?.text !== text) {
      const parsed = ConfigPool.safeParse({ ...stored, nodes: [] });
      return parsed.success ? { text, value: { ...parsed.data, nodes: values }, nodes } : null;
    }
    const isSame =
      values.length === before.value.nodes.length && values.every((node, at) => node === before.value.nodes[at]);
    return isSame ? before : { text, value: { ...before.value, nodes: values }, nodes };
  }
}

/** Parts that revisions share are the same objects (lib/store/control/revisions.ts): each is written as text once. */
const texts = new WeakMap<object, string>();
function textOf(stored: unknown): string {
  if (!isRecord(stored)) return JSON.stringify(stored);
  const known = texts.get(stored) ?? JSON.stringify(stored);
  texts.set(stored, known);
  return known;
}

function readNode(stored: unknown, text: string): Known<ConfigNode> | null {
  const parsed = ConfigNode.safeParse(stored);
  return parsed.success ? { text, value: parsed.data } : null;
}

function isUsable(document: ConfigDocument): boolean {
  if (violationsOf(document).length > 0 || clearSecretsOf(document).length > 0) return false;
  try {
    compileRoutes(document);
    return true;
  } catch {
    return false;
  }
}
