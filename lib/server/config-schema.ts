// JSON Schema of the configuration file, for editors: made from the contracts, with what the forms of the dashboard say of each
// setting as its description, so that neither can say something that the other does not.
import { z } from "zod";
import { ConfigFile } from "#lib/contracts/config-file.ts";
import { isRecord } from "#lib/core/config/same.ts";
import { en } from "#lib/i18n/messages/en/index.ts";
import { NODE_TEXTS, POOL_TEXTS, PROXY_TEXTS, ROUTE_TEXTS, SECTION_TEXTS } from "#lib/server/config-texts.ts";
import { schemaOptions } from "#lib/server/openapi.ts";

type Json = Record<string, unknown>;
/** What is said of the setting at a dotted path. */
type Texts = (path: string) => string | undefined;

let made: Json | undefined;

/** The schema, draft 2020-12. Do not mutate it. */
export function configFileSchema(): Json {
  made ??= makeSchema();
  return made;
}

function makeSchema(): Json {
  const { $schema, ...schema } = z.toJSONSchema(ConfigFile, schemaOptions("input"));
  const root: Json = { $schema, title: "Gemini Balance: configuration", ...schema };
  describe(root, (path) => SECTION_TEXTS[path]);
  const at = (node: unknown, ...keys: string[]): unknown =>
    keys.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), node);
  const pool = at(root, "properties", "pools", "items");
  // Told as a format, `uri` would refuse addresses that the product takes.
  const url = at(pool, "properties", "nodes", "items", "properties", "url");
  if (isRecord(url)) Object.assign(url, { format: undefined, pattern: "^[Hh][Tt][Tt][Pp][Ss]?://" });
  describe(at(root, "properties", "proxy"), of(en.proxy.setting, en.proxy.group, PROXY_TEXTS));
  describe(pool, of(en.pool.setting, en.pool.group, POOL_TEXTS));
  describe(at(pool, "properties", "nodes", "items"), (path) => NODE_TEXTS[path]);
  describe(at(root, "properties", "routes", "items"), (path) => ROUTE_TEXTS[path]);
  return root;
}

/** Texts of a form's settings (`{label, help}` at the setting's place), of its groups, and those that a file needs besides. */
function of(settings: unknown, groups: Record<string, string>, own: Record<string, string>): Texts {
  return (path) => {
    const told = path.split(".").reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), settings);
    if (own[path] !== undefined) return own[path];
    if (!isRecord(told) || typeof told.label !== "string") return groups[path];
    return typeof told.help === "string" && told.help !== "" ? `${told.label}. ${told.help}` : told.label;
  };
}

/** Writes the texts into the properties of `schema`, however deep they lie; lists are settings by themselves. */
function describe(schema: unknown, texts: Texts, base = ""): void {
  if (!isRecord(schema)) return;
  for (const options of [schema.anyOf, schema.oneOf])
    if (Array.isArray(options)) for (const option of options) describe(option, texts, base);
  if (!isRecord(schema.properties)) return;
  for (const [name, property] of Object.entries(schema.properties)) {
    const path = base === "" ? name : `${base}.${name}`;
    if (!isRecord(property)) continue;
    const text = texts(path);
    if (text !== undefined) property.description = text;
    describe(property, texts, path);
  }
}
