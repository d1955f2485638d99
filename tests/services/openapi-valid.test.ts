import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, it } from "vitest";
import { ENDPOINTS } from "#lib/server/endpoints.ts";
import { EXAMPLES } from "#lib/server/examples.ts";
import { openApiDocument } from "#lib/server/openapi.ts";

type Operation = {
  operationId: string;
  summary: string;
  tags: string[];
  parameters: { name: string; in: string; description?: string; schema?: object }[];
  requestBody?: { content: Record<string, { schema?: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema?: object }> }>;
};
const document = openApiDocument(ENDPOINTS) as {
  tags: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
);

it("is a valid document of OpenAPI 3.1, to a validator that is not ours", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(document)));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  expect(validator.version).toBe("3.1");
});

it("describes each parameter, body and answer by a schema, and every tag in words", () => {
  for (const { method, path, operation } of operations) {
    const where = `${method} ${path}`;
    expect(operation.summary, where).not.toBe("");
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const inPath = operation.parameters.filter((parameter) => parameter.in === "path");
    expect(
      inPath.map(({ name }) => name),
      where,
    ).toEqual(named);
    for (const parameter of operation.parameters) expect(parameter.schema, `${where} ${parameter.name}`).toBeDefined();
    for (const [type, { schema }] of Object.entries(operation.requestBody?.content ?? {}))
      expect(schema, `${where} ${type}`).toBeDefined();
    for (const [status, { description, content }] of Object.entries(operation.responses)) {
      expect(description, `${where} ${status}`).not.toBe("");
      if (status !== "204") expect(content, `${where} ${status}`).toBeDefined();
    }
  }
  expect(document.tags.filter(({ description = "" }) => description === "").map(({ name }) => name)).toEqual([]);
});

it("gives examples that the API takes", () => {
  for (const [operationId, example] of Object.entries(EXAMPLES)) {
    const endpoint = ENDPOINTS.find((each) => each.operationId === operationId);
    const parsed = endpoint?.input?.safeParse(example);
    expect(parsed?.success, `${operationId}: ${parsed?.error}`).toBe(true);
  }
});
