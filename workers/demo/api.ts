// The few calls of the public REST API that the demo makes.
import { request } from "undici";
import { z } from "zod";
import { DemoView } from "#lib/contracts/demo.ts";
import { Problem } from "#lib/contracts/problem.ts";

const Created = z.looseObject({ id: z.uuid() });
const List = z.looseObject({
  items: z.array(
    z.looseObject({ id: z.uuid(), name: z.string(), description: z.string().optional(), poolId: z.uuid().nullish() }),
  ),
});

export type DemoApi = ReturnType<typeof demoApi>;

/** @throws {Error} with the API's own words when it refuses. */
export function demoApi(webUrl: string, token: string) {
  async function call(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<unknown> {
    const answer = await request(`${webUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
      body: body ? JSON.stringify(body) : null,
      headersTimeout: 15_000,
    });
    const text = await answer.body.text();
    if (answer.statusCode < 300) return text ? JSON.parse(text) : undefined;
    const problem = Problem.safeParse(parseJson(text)).data;
    const faults = problem?.faults?.map((f) => `${f.path.join(".")}: ${f.message}`).join("; ");
    throw new Error(
      `${method} ${path}: ${[problem?.title ?? `status ${answer.statusCode}`, problem?.detail, faults].filter(Boolean).join(" – ")}`,
    );
  }
  return {
    // Whatever it is warned of is how the demo is meant.
    createPool: async (pool: object) => Created.parse(await call("POST", "/pools?confirm=all", pool)).id,
    createNode: async (poolId: string, node: object) =>
      Created.parse(await call("POST", `/pools/${poolId}/nodes?confirm=all`, node)).id,
    createRoute: async (route: object) => Created.parse(await call("POST", "/routes", route)).id,
    pools: async () => List.parse(await call("GET", "/pools")).items,
    routes: async () => List.parse(await call("GET", "/routes")).items,
    demo: async () => DemoView.pick({ state: true, refusal: true }).parse(await call("GET", "/demo")),
    deleteRoute: (id: string) => call("DELETE", `/routes/${id}`),
    deletePool: (id: string) => call("DELETE", `/pools/${id}`),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
