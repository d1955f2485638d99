// The REST API as a script uses it: for what a test needs but is not about.
import { request } from "undici";
import { fromSetup } from "./environment.ts";

export type Answer<T = unknown> = { status: number; body: T };
type Item = { id: string; name: string };
type NewPool = { name: string; nodes: { name: string; url: string; weight?: number; zone?: string }[] } & Record<
  string,
  unknown
>;

/** Calls `/api/v1` + `path`; with `token: null` without any identity. Never throws for a status. */
export async function call<T = unknown>(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
  token: string | null = fromSetup("TOKEN"),
): Promise<Answer<T>> {
  const answer = await request(`${fromSetup("WEB_URL")}/api/v1${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, body: (text ? JSON.parse(text) : undefined) as T };
}

/** @throws {Error} with the API's own words when it refuses. */
export async function must<T>(...args: Parameters<typeof call>): Promise<T> {
  const { status, body } = await call<T>(...args);
  if (status >= 300) throw new Error(`${args[0]} ${args[1]} answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

export type MadePool = { id: string; nodes: { id: string; name: string }[] };

/** Makes a pool with its nodes, whose health is checked every 200 ms, and a route to it from `host`. */
export async function makePool(host: string, pool: NewPool): Promise<MadePool> {
  // Nodes of one URL, say, are meant here.
  const made = await must<MadePool>("POST", "/pools?confirm=all", {
    algorithm: "weighted-round-robin",
    healthCheck: { intervalMs: 200, timeoutMs: 1_000 },
    ...pool,
  });
  await must("POST", "/routes", { match: { host }, poolId: made.id });
  return made;
}

/** Removes every route and pool: each test begins with an empty configuration. A canary that is left would keep it from that. */
export async function clearConfiguration(): Promise<void> {
  const [canary] = (await must<{ items: { id: string; state: string }[] }>("GET", "/canaries?limit=1")).items;
  if (canary?.state === "running") await must("POST", `/canaries/${canary.id}/abort`, {});
  for (const kind of ["routes", "pools"])
    for (const { id } of (await must<{ items: Item[] }>("GET", `/${kind}`)).items)
      await must("DELETE", `/${kind}/${id}`);
}
