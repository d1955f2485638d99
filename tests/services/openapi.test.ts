import { expect, it } from "vitest";
import { ENDPOINTS } from "#lib/server/endpoints.ts";
import { api, serveApi } from "./harness.ts";

serveApi();

const document = async () => (await api("GET", "/openapi.json", { as: "viewer" })).body;

it("describes every endpoint, with its role and each of its problems", async () => {
  const { openapi, paths } = await document();
  expect(openapi).toMatch(/^3\.1\./);
  const described = Object.entries<Record<string, { "x-required-role": string | null }>>(paths).flatMap(
    ([path, item]) =>
      Object.entries(item).map(
        ([method, operation]) => `${method.toUpperCase()} ${path} ${operation["x-required-role"]}`,
      ),
  );
  expect(described.toSorted()).toEqual(
    ENDPOINTS.map(({ method, path, role }) => `${method} ${path} ${role}`).toSorted(),
  );
  expect(Object.keys(paths["/pools"].post.responses).toSorted()).toEqual([
    "201",
    "400",
    "401",
    "403",
    "404",
    "409",
    "412",
    "413",
    "415",
    "503",
  ]);
});

it("refers only to schemas that it holds, and names every operation once", async () => {
  const described = await document();
  const references = [...JSON.stringify(described).matchAll(/"\$ref":"([^"]+)"/g)].map(
    ([, target]) => target as string,
  );
  const held = Object.keys(described.components.schemas).map((name) => `#/components/schemas/${name}`);
  expect(held).toEqual(expect.arrayContaining([...new Set(references)]));
  const ids = ENDPOINTS.map((endpoint) => endpoint.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

it("says what a node's address is: a string, although it is normalised", async () => {
  const { schemas } = (await document()).components;
  expect(schemas.NodeInput.properties.url).toMatchObject({ type: "string" });
  expect(schemas.NodeView.properties.url).toMatchObject({ type: "string" });
  expect(schemas.NodeInput.required).toEqual(["name", "url"]);
});
