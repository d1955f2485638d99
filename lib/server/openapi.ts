// The OpenAPI 3.1 document, made from the table of endpoints and the contracts' own schemas.
import { z } from "zod";
import { Token } from "#lib/contracts/access.ts";
import { Alert } from "#lib/contracts/alerts.ts";
import { CanaryView } from "#lib/contracts/canary.ts";
import { CertificateInput, CertificateView } from "#lib/contracts/certificates.ts";
import { ChangeSetDetail, ChangeSetSummary } from "#lib/contracts/change-sets.ts";
import {
  ConfigNode,
  ConfigPool,
  ConfigRoute,
  NodeInput,
  NodeUrl,
  PoolCreate,
  PoolInput,
  ProxySettings,
  RouteInput,
} from "#lib/contracts/config.ts";
import { Invitation, Person, PersonSession } from "#lib/contracts/people.ts";
import { type ApiProblemCode, Problem } from "#lib/contracts/problem.ts";
import { HealthEvent, NodeFacts } from "#lib/contracts/runtime.ts";
import { HealthView, NodeView, PoolView, RevisionSummary, RouteView, WorkerView } from "#lib/contracts/views.ts";
import { type Endpoint, takesChangeSet, takesConfirm } from "#lib/server/endpoint.ts";
import { EXAMPLES, TAGS } from "#lib/server/examples.ts";
import { statusOf, titleOf } from "#lib/server/problems.ts";

type Json = Record<string, unknown>;

/** Schemas that get a name of their own in the document; the others stand where they are used. */
const INPUTS = { PoolCreate, PoolInput, NodeInput, RouteInput, CertificateInput };
const OUTPUTS = {
  PoolView,
  NodeView,
  RouteView,
  ConfigPool,
  ConfigNode,
  ConfigRoute,
  ProxySettings,
  NodeFacts,
  CertificateView,
  Alert,
  HealthEvent,
  RevisionSummary,
  ChangeSetSummary,
  ChangeSetDetail,
  CanaryView,
  WorkerView,
  HealthView,
  Token,
  Person,
  Invitation,
  PersonSession,
  Problem,
};

/** The document of `endpoints`, for a server whose API is at `/api/v1`. */
export function openApiDocument(endpoints: readonly Endpoint[]): Json {
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] ??= {};
    (paths[endpoint.path] as Json)[endpoint.method.toLowerCase()] = operation(endpoint);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Gemini Balance",
      version: "1",
      license: { name: "MIT", identifier: "MIT" },
      description:
        "Everything that a person can do in the browser. A change of configuration is published at once as a revision; " +
        "the answer names it (`GB-Revision`) and says whether every live worker runs it already (`GB-Converged`). One that brings " +
        "warnings (no healthy node left, say) answers 409 `unconfirmed-warnings` with all of them until `confirm` names each.",
    },
    servers: [{ url: "/api/v1" }],
    security: [{ bearer: [] }, { session: [] }],
    tags: [...new Set(endpoints.map((endpoint) => endpoint.tag))].map((name) => ({
      name,
      ...(TAGS[name] !== undefined && { description: TAGS[name] }),
    })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "An API token" },
        session: { type: "apiKey", in: "cookie", name: "better-auth.session_token", description: "A person signed in" },
      },
      schemas: { ...named(INPUTS, "input"), ...named(OUTPUTS, "output") },
    },
  };
}

function operation(endpoint: Endpoint): Json {
  const { operationId, tag, summary, description, input, text, role } = endpoint;
  return {
    operationId,
    tags: [tag],
    summary,
    description: [description, role ? `Needs the role **${role}**.` : "For everybody.", reachText(endpoint)]
      .filter(Boolean)
      .join("\n\n"),
    ...(role === null && { security: [] }),
    "x-required-role": role,
    ...(role !== null && { "x-reach": endpoint.reach ?? "everything" }),
    parameters: parameters(endpoint),
    ...(input && {
      requestBody: {
        required: text !== undefined || !input.safeParse({}).success,
        content: contentOf(text?.types ?? ["application/json"], schemaOf(input, "input"), EXAMPLES[operationId]),
      },
    }),
    responses: responses(endpoint),
  };
}

/** What a token that is limited to some pools may expect of it. */
function reachText(endpoint: Endpoint): string {
  if (endpoint.role === null) return "";
  switch (endpoint.reach ?? "everything") {
    case "everything":
      return "Closed to tokens that are limited to some pools.";
    case "pools":
      return "A token that is limited to some pools reaches those.";
    case "person":
      return "For people signed in, not for tokens.";
    case "anybody":
      return "";
  }
}

function parameters(endpoint: Endpoint): Json[] {
  const { path, query, publishes } = endpoint;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: name === "number" ? { type: "integer", minimum: 1 } : { type: "string", format: "uuid" },
  }));
  const { properties = {} } = (query ? schemaOf(query, "input") : {}) as { properties?: Json };
  const inQuery = Object.entries(properties).map(([name, schema]) => ({ name, in: "query", schema }));
  const ifMatch = {
    name: "If-Match",
    in: "header",
    description: "Revision that the caller has seen; another one in force answers 412.",
    schema: { type: "string" },
  };
  return [
    ...inPath,
    ...inQuery,
    ...(takesChangeSet(endpoint) ? [changeSet(endpoint)] : []),
    ...(takesConfirm(endpoint) ? [CONFIRM] : []),
    ...(publishes ? [ifMatch] : []),
  ];
}

const changeSet = ({ publishes }: Endpoint): Json => ({
  name: "changeSet",
  in: "query",
  description: publishes
    ? "A change set that this goes into, instead of being published at once. The answer is what it would be (GB-Change-Set names it)."
    : "A change set: the answer is what it makes of the configuration in force.",
  schema: { type: "string", format: "uuid" },
});

const CONFIRM: Json = {
  name: "confirm",
  in: "query",
  description:
    "Warnings that were read and are accepted: their ids, as the answer 409 `unconfirmed-warnings` lists them, parted by commas or " +
    "in several parameters; or `all`, whatever they are.",
  explode: true,
  schema: { type: "array", items: { type: "string", maxLength: 300 } },
};

function responses(endpoint: Endpoint): Json {
  const { output, streams, status = 200, publishes } = endpoint;
  const good: Json = { description: status === 201 ? "Made" : status === 204 ? "Gone" : "As asked" };
  if (streams) good.content = { [streams]: { schema: { type: "string" } } };
  else if (output)
    good.content = contentOf(["application/json", ...(endpoint.alsoAnswers ?? [])], schemaOf(output, "output"));
  if (publishes) good.headers = REVISION_HEADERS;
  const byStatus = Map.groupBy(problemsOf(endpoint), statusOf);
  const bad = [...byStatus].map(([code, problems]) => [
    String(code),
    {
      description: problems.map((problem) => `\`${problem}\`: ${titleOf(problem)}`).join("; "),
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    },
  ]);
  return { [String(status)]: good, ...Object.fromEntries(bad) };
}

/** Codes that an endpoint may answer: its own, and those that follow from what it reads and who may call it. */
export function problemsOf(endpoint: Endpoint): ApiProblemCode[] {
  const { role, input, query, path, publishes, problems = [] } = endpoint;
  const reach = endpoint.role === null ? "anybody" : (endpoint.reach ?? "everything");
  return [
    ...new Set<ApiProblemCode>([
      ...(role ? (["unauthenticated", "forbidden"] as const) : []),
      ...(reach === "person" ? (["people-only"] as const) : []),
      ...(reach === "everything" || reach === "pools" ? (["out-of-scope"] as const) : []),
      ...(input || query || publishes || takesChangeSet(endpoint) ? (["invalid-input"] as const) : []),
      ...(input ? (["invalid-json", "payload-too-large", "unsupported-media-type"] as const) : []),
      ...(path.includes("{") || takesChangeSet(endpoint) ? (["not-found"] as const) : []),
      ...(publishes ? (["stale-revision", "canary-running"] as const) : []),
      ...(publishes === true ? (["change-set-published"] as const) : []),
      ...(takesConfirm(endpoint) ? (["unconfirmed-warnings"] as const) : []),
      ...problems,
      ...(role ? (["database-unavailable"] as const) : []),
    ]),
  ];
}

const REVISION_HEADERS = {
  "GB-Revision": { description: "Revision in force after this", schema: { type: "integer" } },
  "GB-Warnings": {
    description:
      "Where the change brings what is legal but hardly meant: JSON in ASCII, `{count, warnings: [{id, code, message, name}]}`, the first five",
    schema: { type: "string" },
  },
  "GB-Converged": { description: "Whether every live worker runs it already", schema: { type: "boolean" } },
};

const contentOf = (types: readonly string[], schema: Json, example?: unknown): Json =>
  Object.fromEntries(types.map((type) => [type, { schema, ...(example !== undefined && { example }) }]));

type Direction = "input" | "output";
export const schemaOptions = (io: Direction) => ({
  io,
  unrepresentable: "any" as const,
  // Normalising an address is a function, which no schema can tell; its result is a string.
  override: ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: z.core.JSONSchema.BaseSchema }) => {
    if (zodSchema === NodeUrl) Object.assign(jsonSchema, { type: "string", format: "uri" });
  },
});

function schemaOf(schema: z.ZodType, io: Direction): Json {
  const names = Object.entries(io === "input" ? INPUTS : OUTPUTS);
  const [name] = names.find(([, each]) => each === schema) ?? [];
  if (name) return { $ref: `#/components/schemas/${name}` };
  const { $schema: _, ...json } = z.toJSONSchema(schema, schemaOptions(io));
  return json;
}

/** Named schemas, referring to each other by name. */
function named(schemas: Record<string, z.ZodType>, io: Direction): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, { ...schemaOptions(io), uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(made.schemas).map(([id, { $schema: _, $id: _id, ...schema }]) => [id, schema]),
  );
}
