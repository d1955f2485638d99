// The API's own description (OpenAPI 3.1) as the reference page shows it: operations by tag, what they take and answer.
import * as z from "zod";

/** A JSON Schema, as far as it is shown. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  additionalProperties?: boolean | Schema;
};
const AnySchema = z.custom<Schema>((value) => typeof value === "object" && value !== null);
const Content = z.record(z.string(), z.object({ schema: AnySchema.optional(), example: z.unknown().optional() }));
const Parameter = z.object({
  name: z.string(),
  in: z.enum(["path", "query", "header", "cookie"]),
  required: z.boolean().optional(),
  description: z.string().optional(),
  schema: AnySchema.optional(),
});
export type Parameter = z.infer<typeof Parameter>;
const Operation = z.object({
  operationId: z.string(),
  tags: z.array(z.string()).default([]),
  summary: z.string().default(""),
  description: z.string().default(""),
  "x-required-role": z.string().nullable().default(null),
  parameters: z.array(Parameter).default([]),
  requestBody: z.object({ required: z.boolean().optional(), content: Content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: Content.optional() })),
});
export const ApiDescription = z.object({
  openapi: z.string(),
  tags: z.array(z.object({ name: z.string(), description: z.string().optional() })).default([]),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({ schemas: z.record(z.string(), AnySchema).default({}) }),
});
export type ApiDescription = z.infer<typeof ApiDescription>;

export type ApiOperation = {
  id: string;
  method: string;
  path: string;
  tag: string;
  summary: string;
  /** In paragraphs; what it says of the role is told apart. */
  description: string;
  role: string | null;
  parameters: Parameter[];
  /** Type of the body first; null: it takes none. */
  body: { type: string; schema: Schema; example: unknown; otherTypes: string[] } | null;
  responses: { status: string; description: string; type: string | null; schema: Schema | null }[];
};

export function operationsOf({ paths }: ApiDescription): ApiOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): ApiOperation => {
      const { operationId, tags, summary, description, parameters, requestBody, responses } = operation;
      const [first, ...others] = Object.entries(requestBody?.content ?? {});
      return {
        id: operationId,
        method: method.toUpperCase(),
        path,
        tag: tags[0] ?? "",
        summary,
        description: description.replace(/\n*(Needs the role \*\*\w+\*\*\.|For everybody\.)\n*/, "\n\n").trim(),
        role: operation["x-required-role"],
        parameters,
        body: first
          ? {
              type: first[0],
              schema: first[1].schema ?? {},
              example: first[1].example,
              otherTypes: others.map(([type]) => type),
            }
          : null,
        responses: Object.entries(responses).map(([status, { description: told, content = {} }]) => {
          const [entry] = Object.entries(content);
          return { status, description: told, type: entry?.[0] ?? null, schema: entry?.[1].schema ?? null };
        }),
      };
    }),
  );
}

/** Operations by tag, in the description's order, of which every word of `search` is somewhere in what is said of them. */
export function searchOperations(
  operations: readonly ApiOperation[],
  search: string,
): { tag: string; operations: ApiOperation[] }[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = operations.filter((operation) => {
    const { id, method, path, tag, summary, description } = operation;
    const text = `${method} ${path} ${id} ${tag} ${summary} ${description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return [...Map.groupBy(found, ({ tag }) => tag)].map(([tag, its]) => ({ tag, operations: its }));
}

export type Schemas = Readonly<Record<string, Schema>>;
const NAMED = "#/components/schemas/";

/** What a reference leads to, with its name; any other schema is itself. */
export function resolveSchema(schema: Schema, schemas: Schemas): { schema: Schema; name: string | null } {
  if (!schema.$ref?.startsWith(NAMED)) return { schema, name: null };
  const name = schema.$ref.slice(NAMED.length);
  return { schema: schemas[name] ?? {}, name };
}

/** A schema's type in few words: `string (uuid)`, `NodeInput[]`, `"a" | "b"`, `integer | null`. */
export function typeText(schema: Schema, schemas: Schemas): string {
  const { schema: real, name } = resolveSchema(schema, schemas);
  if (name !== null) return name;
  if (real.const !== undefined) return JSON.stringify(real.const);
  if (real.enum) return real.enum.map((each) => JSON.stringify(each)).join(" | ");
  const options = real.anyOf ?? real.oneOf;
  if (options) return [...new Set(options.map((each) => typeText(each, schemas)))].join(" | ");
  if (real.type === "array") return `${real.items ? wrapped(typeText(real.items, schemas)) : "any"}[]`;
  const type = Array.isArray(real.type) ? real.type.join(" | ") : (real.type ?? (real.properties ? "object" : "any"));
  return real.format ? `${type} (${real.format})` : type;
}
const wrapped = (text: string) => (text.includes(" | ") ? `(${text})` : text);

/** Bounds and default in few words; what says nothing (safe integers) is left out. */
export function limitsText(schema: Schema): string {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems } = schema;
  const span = (least?: number, most?: number, what = "") => {
    const low = least !== undefined && least > Number.MIN_SAFE_INTEGER ? `≥ ${least}` : "";
    const high = most !== undefined && most < Number.MAX_SAFE_INTEGER ? `≤ ${most}` : "";
    return [low, high].filter(Boolean).map((bound) => `${what}${bound}`);
  };
  const fallback = schema.default === undefined ? [] : [`= ${JSON.stringify(schema.default)}`];
  return [
    ...span(minimum, maximum),
    ...span(minLength, maxLength, "length "),
    ...span(minItems, maxItems, "entries "),
    ...fallback,
  ]
    .filter((text) => text.length <= 60)
    .join(", ");
}

/** Fields of a schema: its own, those of what it is a list of, and of each of its options. */
export function fieldsOf(schema: Schema, schemas: Schemas): { name: string; schema: Schema; required: boolean }[] {
  const { schema: real } = resolveSchema(schema, schemas);
  if (real.properties)
    return Object.entries(real.properties).map(([name, field]) => ({
      name,
      schema: field,
      required: real.required?.includes(name) ?? false,
    }));
  if (real.items) return fieldsOf(real.items, schemas);
  const options = (real.anyOf ?? real.oneOf ?? []).map((option) => fieldsOf(option, schemas));
  const seen = new Map<string, { name: string; schema: Schema; required: boolean }>();
  for (const field of options.flat()) {
    const known = seen.get(field.name);
    if (!known)
      seen.set(field.name, {
        ...field,
        required: field.required && options.every((each) => each.some(({ name }) => name === field.name)),
      });
    else if (known.schema.const !== undefined && field.schema.const !== undefined)
      seen.set(field.name, { ...known, schema: { enum: [known.schema.const, field.schema.const] } });
  }
  return [...seen.values()];
}

/** The least that a schema takes, for an example: required fields only. */
export function exampleOf(schema: Schema, schemas: Schemas, depth = 0): unknown {
  const { schema: real } = resolveSchema(schema, schemas);
  if (real.const !== undefined) return real.const;
  if (real.enum) return real.enum[0];
  if (real.default !== undefined) return real.default;
  const [option] = real.anyOf ?? real.oneOf ?? [];
  if (option) return depth > 5 ? null : exampleOf(option, schemas, depth + 1);
  switch (Array.isArray(real.type) ? real.type[0] : real.type) {
    case "object":
      return Object.fromEntries(
        (real.required ?? [])
          .filter((name) => real.properties?.[name])
          .map((name) => [name, depth > 5 ? null : exampleOf(real.properties?.[name] ?? {}, schemas, depth + 1)]),
      );
    case "array":
      return [];
    case "integer":
    case "number":
      return Math.max(1, real.minimum ?? 1);
    case "boolean":
      return true;
    case "string":
      return real.format === "uuid" ? "00000000-0000-4000-8000-000000000000" : "…";
    default:
      return {};
  }
}

/** A command that calls the operation at `origin`, for a shell that has a token in GB_API_TOKEN. */
export function curlOf(operation: ApiOperation, origin: string, schemas: Schemas): string {
  const { method, path, body, parameters } = operation;
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  const needed = parameters.filter((each) => each.in === "query" && each.required).map(({ name }) => `${name}=…`);
  const url = `${origin}/api/v1${address}${needed.length > 0 ? `?${needed.join("&")}` : ""}`;
  const lines = [`curl -sS${method === "GET" ? "" : ` -X ${method}`} "${url}"`];
  if (operation.role !== null) lines.push(`-H "Authorization: Bearer $GB_API_TOKEN"`);
  if (body) {
    const example = body.example ?? exampleOf(body.schema, schemas);
    lines.push(`-H 'Content-Type: ${body.type}'`);
    lines.push(`-d '${JSON.stringify(example, null, 2).replaceAll("'", "'\\''")}'`);
  }
  return lines.join(" \\\n  ");
}
