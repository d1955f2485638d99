import { z } from "zod";
import { ConfigFile, type ConfigFormat, ExportQuery, ImportQuery, ImportResult } from "#lib/contracts/config-file.ts";
import { configFileSchema } from "#lib/server/config-schema.ts";
import type { Endpoint, TextBody } from "#lib/server/endpoint.ts";
import { exportConfig } from "#lib/services/config/export-config.ts";
import { importConfig } from "#lib/services/config/import-config.ts";

const tag = "Configuration as code";

/** RFC 9512, and what was written before it. */
const YAML_TYPES = ["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"];
const TYPE_OF = { json: "application/json", yaml: "application/yaml" } as const satisfies Record<ConfigFormat, string>;
/** Some 50,000 nodes. */
const MAX_FILE_BYTES = 8_388_608;

const formatOf = (type: string): ConfigFormat => (YAML_TYPES.includes(type) ? "yaml" : "json");
/** YAML is only written for who asks for it by name. */
const acceptedFormat = (accept: string): ConfigFormat =>
  accept.split(",").some((range) => YAML_TYPES.includes(range.split(";")[0]?.trim().toLowerCase() ?? ""))
    ? "yaml"
    : "json";

export const CONFIG_ENDPOINTS: Endpoint[] = [
  {
    method: "GET",
    path: "/config",
    operationId: "exportConfig",
    tag,
    summary: "The whole configuration as a file, in JSON or YAML",
    description:
      "Without what is the default anyway, in one order: the same configuration always gives the same file, and sending it " +
      "back changes nothing. `Accept: application/yaml` or `format=yaml` for YAML. Holds no secrets, and no admin states.",
    role: "viewer",
    query: ExportQuery,
    output: ConfigFile,
    alsoAnswers: [TYPE_OF.yaml],
    handle: async ({ query, accept }, actor) => {
      const { revision, format, text } = await exportConfig(actor, query, acceptedFormat(accept));
      return {
        text: { type: TYPE_OF[format], content: text },
        headers: { etag: `"${revision}"`, "gb-revision": String(revision), vary: "accept" },
      };
    },
  },
  {
    method: "PUT",
    path: "/config",
    operationId: "importConfig",
    tag,
    summary: "Make the configuration what a file says, as one revision",
    description:
      "Entities go by name, or by id where one is given. An entity in the file is described whole: settings that are left " +
      "out have their defaults. What a section of the file does not hold is kept, or deleted with `prune=true`; a section " +
      "that is left out (`proxy`, `pools`, `routes`, a pool's `nodes`) is left alone. `dryRun=true` only tells what would " +
      "change. What has warnings that need confirmation is only published when `confirm` names each by its id. Admin states, warm-ups and breaker orders are never changed.",
    role: "publisher",
    query: ImportQuery,
    input: ConfigFile,
    text: { types: [TYPE_OF.json, ...YAML_TYPES], maxBytes: MAX_FILE_BYTES },
    output: ImportResult,
    publishes: "now",
    confirmsInQuery: true,
    handle: async ({ input, query: { confirm: _, ...query }, ifMatch, confirm }, actor) => {
      const { text, type } = input as TextBody;
      const file = { text, format: formatOf(type) };
      const { converged, ...body } = await importConfig(actor, file, query, { ifMatch, confirm });
      const headers: Record<string, string> = { etag: `"${body.revision}"`, "gb-revision": String(body.revision) };
      if (converged !== undefined) headers["gb-converged"] = String(converged);
      return { body, headers };
    },
  },
  {
    method: "GET",
    path: "/config/schema.json",
    operationId: "getConfigSchema",
    tag,
    summary: "JSON Schema of the file, for editors",
    description: "Draft 2020-12. `npx gb schema` writes it into a file.",
    role: "viewer",
    reach: "anybody",
    output: z.record(z.string(), z.unknown()),
    handle: async () => ({
      text: { type: "application/schema+json", content: `${JSON.stringify(configFileSchema(), null, 2)}\n` },
    }),
  },
];
