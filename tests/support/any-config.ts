// Valid configurations of every kind, generated from the contracts themselves: a setting that is added is in them.
import fc from "fast-check";
import { z } from "zod";
import { ConfigDocument, NodeInput, PoolInput, ProxySettings, RouteInput } from "#lib/contracts/config.ts";
import { violationsOf } from "#lib/core/config/rules.ts";
import { nameKey } from "#lib/core/config/same.ts";

/** Texts that are hard to keep in YAML or JSON, and some that one contract or the other takes. */
const TEXTS = [
  ...[
    "",
    "a",
    "yes",
    "No",
    "on",
    "null",
    "~",
    "true",
    "1",
    "1.0",
    "0x10",
    "0o14",
    "1e3",
    "2026-01-01",
    ".inf",
    "<<",
    "=",
  ],
  ...[
    "a: b",
    "- a",
    "# a",
    "a # b",
    "&a",
    "*a",
    "!a",
    "'",
    '"',
    "'a'",
    "{a}",
    "[a]",
    "a,b",
    "|",
    ">",
    "%a",
    "@a",
    "`a`",
  ],
  ...[
    "two\nlines",
    "end\n",
    "\n\nstart",
    "tab\there",
    " inner  spaces ",
    "a\\b",
    "é",
    "中文",
    "😀",
    "\u0085",
    "\u2028",
    "\u00a0",
  ],
  ...[
    "/",
    "/a",
    "/a/b",
    "GET",
    "POST",
    "example.org",
    "*.example.org",
    "api.example.org",
    "x-key",
    "X-Key",
    "session_id",
  ],
  ...["http://10.0.0.7:8080", "https://api.example.org/v1", "10.0.0.7", "10.0.0.0/8", "2001:db8::/32", "text/html"],
  ...["$.status", '$.items[0]["odd name"]', "https://example.org{path}", "ok|fine", "a+b"],
  ...["0e984725-c51c-4bf4-9960-e1c80e27aba0", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"],
];
const NUMBERS = [
  0, 0.01, 0.1, 0.5, 0.95, 1, 1.4, 2, 3, 7, 10, 16, 100, 300, 302, 404, 500, 1_000, 2_048, 5_000, 60_000, 3_600_000,
];

/** Values that `schema` takes, as it makes them. */
export function anyOf(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return fc
      .oneof({ weight: 2, arbitrary: fc.constant(undefined) }, anyOf(schema.def.innerType))
      .map((value) => (value === undefined ? parsed(schema)(value) : value));
  if (schema instanceof z.ZodNullable) return fc.option(anyOf(schema.def.innerType));
  if (schema instanceof z.ZodOptional) return fc.option(anyOf(schema.def.innerType), { nil: undefined });
  if (schema instanceof z.ZodObject) {
    const fields = Object.fromEntries(Object.entries(schema.def.shape).map(([key, inner]) => [key, anyOf(inner)]));
    return taken(fc.record(fields), schema);
  }
  if (schema instanceof z.ZodArray) return taken(fc.array(anyOf(schema.def.element), { maxLength: 3 }), schema);
  if (schema instanceof z.ZodRecord)
    return taken(
      fc.dictionary(anyOf(schema.def.keyType) as fc.Arbitrary<string>, anyOf(schema.def.valueType), { maxKeys: 3 }),
      schema,
    );
  if (schema instanceof z.ZodUnion) return taken(fc.oneof(...schema.def.options.map(anyOf)), schema);
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...Object.values(schema.def.entries));
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.def.values);
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodNull) return fc.constant(null);
  const takes = (value: unknown) => (schema as z.ZodType).safeParse(value).success;
  const known = (schema instanceof z.ZodNumber ? NUMBERS : TEXTS).filter(takes);
  const free: fc.Arbitrary<unknown> = schema instanceof z.ZodNumber ? fc.double() : fc.string({ unit: "grapheme" });
  const some: fc.Arbitrary<unknown>[] = known.length > 0 ? [fc.constantFrom(...known)] : [];
  const storable = (value: unknown) => typeof value !== "string" || (value.isWellFormed() && !value.includes("\0"));
  if (takes("~ a? b")) some.push(free.filter((value) => takes(value) && storable(value)));
  if (some.length === 0)
    throw new Error(
      `no value is known for ${JSON.stringify(z.toJSONSchema(schema as z.ZodType, { io: "input", unrepresentable: "any" }))}`,
    );
  return fc.oneof(...some).map(parsed(schema));
}

const parsed = (schema: z.core.$ZodType) => (value: unknown) => (schema as z.ZodType).parse(value);

/**
 * Of what fields make together, that which the whole takes. Each field is as its own schema made it: only where the whole has rules of
 * its own is it parsed again, once, since all that lies within would be parsed again with every level around it.
 */
function taken(values: fc.Arbitrary<unknown>, schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  if (!schema._zod.def.checks?.length) return values;
  return values
    .map((value) => (schema as z.ZodType).safeParse(value))
    .filter(({ success }) => success)
    .map(({ data }) => data);
}

const anyPool = (anyOf(PoolInput) as fc.Arbitrary<PoolInput>).map((pool) => ({ ...pool, isDefault: false }));
const anyNode = anyOf(NodeInput) as fc.Arbitrary<NodeInput>;
/** Whether it leads to a pool is decided when there are pools. */
const anyRoute = fc.record({ route: anyOf(RouteInput) as fc.Arbitrary<RouteInput>, at: fc.nat() });
const uniqueNames = { selector: ({ name }: { name: string }) => nameKey(name), maxLength: 4 };

/** Whole configurations, each valid by itself and by the rules between its entities. */
export const anyConfig: fc.Arbitrary<ConfigDocument> = fc
  .record({
    proxy: anyOf(ProxySettings) as fc.Arbitrary<ProxySettings>,
    pools: fc.uniqueArray(fc.tuple(anyPool, fc.uniqueArray(anyNode, uniqueNames)), {
      selector: ([{ name }]) => nameKey(name),
      maxLength: 3,
    }),
    routes: fc.array(anyRoute, { maxLength: 4 }),
    defaultAt: fc.nat({ max: 5 }),
    ids: fc.uniqueArray(fc.uuid(), { minLength: 30, maxLength: 30 }),
  })
  .map(({ proxy, pools, routes, defaultAt, ids }) => {
    const left = [...ids];
    const id = () => left.pop() as string;
    const made = pools.map(([pool, nodes], at) => ({
      id: id(),
      ...pool,
      isDefault: at === defaultAt,
      nodes: nodes.map((node) => ({ id: id(), ...node })),
    }));
    const leading = routes.map(({ route, at }) => {
      const pool = made[at % Math.max(1, made.length)];
      return { id: id(), ...route, poolId: route.action === null ? (pool?.id ?? null) : null, requestClass: "" };
    });
    return ConfigDocument.parse({
      proxy,
      pools: made,
      routes: withoutViolations({
        proxy,
        pools: made,
        routes: leading.filter(({ poolId, action }) => poolId !== null || action !== null),
      }),
    });
  });

/** The routes but for those that tie with an earlier one. */
function withoutViolations(document: ConfigDocument): ConfigDocument["routes"] {
  const broken = new Set(violationsOf(document).map(({ subject }) => subject.id));
  return document.routes.filter(({ id }) => !broken.has(id));
}
