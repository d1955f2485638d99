// Everything that a configuration may hold is told in words, in each language: a field that is added to a schema without words
// fails here.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { useFieldWords } from "#components/diff/use-field-words.ts";
import { makeFormats } from "#lib/client/format.ts";
import { NodeInput, PoolInput, ProxySettings, RouteInput } from "#lib/contracts/config.ts";
import { LOCALES } from "#lib/i18n/locales.ts";
import { MESSAGES } from "#lib/i18n/messages/index.ts";
import { schemaOptions } from "#lib/server/openapi.ts";
import { wordsIn } from "#tests/support/words.ts";

const SCHEMAS = { pool: PoolInput, node: NodeInput, route: RouteInput, proxy: ProxySettings };
type Kind = keyof typeof SCHEMAS;
type Json = { [key: string]: Json } & {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Json[];
  oneOf?: Json[];
  properties?: Record<string, Json>;
  additionalProperties?: Json | boolean;
};
type Leaf = { kind: Kind; path: string; types: Set<string>; codes: Set<string> };

/** Names of what a record may hold. */
const IN_RECORD = "x-sample";
const SECRET = { secret: "00000000-0000-4000-8000-0000000000aa" };
/** Lists of more than plain values, each with all that one may hold. */
const LISTS: Record<string, unknown[]> = {
  "pool healthCheck.http.statuses": [{ from: 100, to: 499 }],
  "pool healthCheck.business.statuses": [{ from: 200, to: 200 }],
  "pool healthCheck.business.expect": [
    { kind: "json-equals", path: "$.status", value: "ok" },
    { kind: "header-equals", name: "x-a", value: "b" },
    { kind: "body-contains", text: "fine" },
  ],
  "proxy alertRules.x-sample.scope.labels": [{ name: "env", op: "=~", value: "pr.*" }],
  "pool classes": [
    {
      name: "gold",
      header: { name: "x-tier", values: ["gold"] },
      pathPrefixes: ["/vip"],
      maxQueue: 10,
      queueMs: 5_000,
      reservedRatio: 0.1,
    },
  ],
  "node credentials": [
    { in: "header", name: "authorization", value: SECRET },
    { in: "query", name: "key", value: SECRET },
  ],
  [`proxy alertRules.${IN_RECORD}.condition.windows`]: [{ shortMs: 300_000, longMs: 3_600_000, burnRate: 14.4 }],
};
/** Codes that people write in just these letters. */
const IS_A_NAME = /^(?:GET|HEAD|OPTIONS|POST|TLSv1\.[23]|gzip|P?\d+(?:\.\d+)?)$/;

/** Every field that a configuration of a kind may hold, as differences tell them. */
function leavesOf(kind: Kind): Leaf[] {
  const found = new Map<string, Leaf>();
  const walk = (schema: Json, at: string): void => {
    const options = schema.anyOf ?? schema.oneOf;
    const isSecret =
      schema.properties && ("secret" in schema.properties || Object.keys(schema.properties).join() === "value");
    if (options) for (const option of options) walk(option, at);
    else if (schema.properties && !isSecret)
      for (const [key, property] of Object.entries(schema.properties)) walk(property, at === "" ? key : `${at}.${key}`);
    else if (typeof schema.additionalProperties === "object") walk(schema.additionalProperties, `${at}.${IN_RECORD}`);
    else if (schema.type !== "null") {
      const leaf = found.get(at) ?? { kind, path: at, types: new Set(), codes: new Set() };
      found.set(at, leaf);
      leaf.types.add(isSecret ? "secret" : (schema.type ?? typeof (schema.const ?? schema.enum?.[0])));
      for (const code of schema.enum ?? (schema.const === undefined ? [] : [schema.const]))
        leaf.codes.add(String(code));
    }
  };
  walk(z.toJSONSchema(SCHEMAS[kind], schemaOptions("output")) as unknown as Json, "");
  // A route's pool is told by name.
  return [...found.values()].filter((leaf) => leaf.path !== "poolId");
}

const leaves = (Object.keys(SCHEMAS) as Kind[]).flatMap(leavesOf);
/** A code of ours, as against a word: `clientAddress`, `client-address`, `tls_listener`, `breaker.openMs`. */
const isRaw = (text: string, code: string) => text.includes(code) && /[a-z][A-Z]|[a-z]\.[a-z]|_|[a-z]-[a-z]/.test(code);

describe.each(LOCALES)("words of a configuration in %s", (locale) => {
  const words = wordsIn(locale, useFieldWords);
  const text = (leaf: Leaf, value: unknown) => words.value(leaf.kind, leaf.path, value);

  it("call every field by a name", () => {
    const nameless = leaves.filter(({ kind, path: at }) => {
      const label = words.label(kind, at);
      return (
        label === at ||
        label === "" ||
        isRaw(label, at.split(".").at(-1) ?? at) !== (at.endsWith(IN_RECORD) && label.includes(IN_RECORD))
      );
    });
    expect(nameless.map(({ kind, path: at }) => `${kind} ${at}: ${words.label(kind, at)}`)).toEqual([]);
  });

  it("call different fields of one entity by different names, but the limits of different kinds of rules", () => {
    const labels = new Map<string, string[]>();
    for (const { kind, path: at } of leaves.filter((leaf) => !leaf.path.startsWith("alertRules"))) {
      const [group] = at.split(".");
      const key = `${kind} ${group} ${words.label(kind, at)}`;
      labels.set(key, [...(labels.get(key) ?? []), at]);
    }
    // Levels of checks, time-outs and the modes of stickiness stand in groups of their own in the form; differences tell groups.
    const same = [...labels.entries()].filter(
      ([key, at]) => at.length > 1 && !/^pool (healthCheck|stickiness)/.test(key),
    );
    expect(same).toEqual([]);
  });

  it("tell every code of a field in words", () => {
    const raw = leaves.flatMap((leaf) =>
      [...leaf.codes]
        .filter((code) => leaf.types.has("string") && !IS_A_NAME.test(code))
        .filter((code) => text(leaf, code) === code && (locale !== "en" || isRaw(code, code)))
        .map((code) => `${leaf.kind} ${leaf.path}: ${code}`),
    );
    expect(raw).toEqual([]);
  });

  it("tell switches, and numbers with their units", () => {
    const raw = leaves.filter((leaf) => {
      if (leaf.types.has("boolean")) return text(leaf, true) === "true";
      if (!leaf.types.has("integer") && !leaf.types.has("number")) return false;
      const hasUnit = /(?:Ms|Ratio|Bytes|BytesPerSecond)$/.test(leaf.path);
      return hasUnit && leaf.codes.size === 0 && /^[\d.,]+$/.test(text(leaf, 1_500));
    });
    expect(raw.map(({ kind, path: at }) => `${kind} ${at}`)).toEqual([]);
  });

  it("tell lists of more than plain values without the signs of a program", () => {
    const lists = leaves.filter((leaf) => leaf.types.has("array"));
    const sampled = lists.filter(({ kind, path: at }) => LISTS[`${kind} ${at}`]);
    expect(sampled.map(({ kind, path: at }) => `${kind} ${at}`).toSorted()).toEqual(Object.keys(LISTS).toSorted());
    for (const leaf of lists) {
      const told = text(
        leaf,
        LISTS[`${leaf.kind} ${leaf.path}`] ?? (leaf.path.endsWith("Statuses") ? [502] : ["a", "b"]),
      );
      expect(told, `${leaf.kind} ${leaf.path}`).not.toMatch(/[{}[\]"]|undefined/);
    }
  });

  it("name every table of the storage", () => {
    const schema = readFileSync(path.resolve(import.meta.dirname, "../../prisma/schema.prisma"), "utf8");
    const tables = [...schema.matchAll(/@@map\("([a-z_]+)"\)/g)].map((match) => match[1]);
    // Partitions are counted under the table above them, which may itself be one: by its resolution.
    const migrations = path.resolve(import.meta.dirname, "../../prisma/migrations");
    const sql = readdirSync(migrations, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".sql"))
      .map((file) => readFileSync(path.join(migrations, file), "utf8"));
    const parts = [...sql.join("\n").matchAll(/TABLE "([a-z_0-9]+)" PARTITION OF "[a-z_]+" FOR VALUES IN/g)];
    expect(Object.keys(MESSAGES[locale].system.storage.tableName).toSorted()).toEqual(
      [...tables, ...parts.map((match) => match[1]), "_prisma_migrations"].toSorted(),
    );
  });
});

describe("numbers of settings", () => {
  const { setting } = makeFormats("en", "UTC").exact;

  it("are never rounded, so that both sides of a difference can be told apart", () => {
    expect(setting("a.openMs", 1_549)).not.toBe(setting("a.openMs", 1_551));
    expect(setting("a.openMs", 1_500)).toBe("1.5 sec");
    expect(setting("a.openMs", 1_500_000)).toBe("25 min");
    expect(setting("a.openMs", 100_000)).toBe("100 sec");
    expect(setting("a.openMs", 0)).toBe("0");
    expect(setting("a.sampleRatio", 0.0001)).toBe("0.01%");
    expect(setting("maxBodyBytes", 65_537)).toBe("65,537 byte");
    expect(setting("maxRetries", 12_345)).toBe("12,345");
  });
});
