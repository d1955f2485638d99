// Requests through the proxy, as clients send them; each is settled and counted.
import { Agent, request } from "undici";
import { fromSetup } from "./environment.ts";

const CONNECTIONS = 32;
const TICK_MS = 20;

export type Outcome = { answered: number; failed: string[] };

async function sendOne(agent: Agent, host: string, outcome: Outcome): Promise<void> {
  try {
    const answer = await request(`${fromSetup("PROXY_URL")}/e2e`, { dispatcher: agent, headers: { host } });
    await answer.body.dump();
    if (answer.statusCode === 200) outcome.answered++;
    else outcome.failed.push(`status ${answer.statusCode}`);
  } catch (error) {
    outcome.failed.push((error as Error).message);
  }
}

/** One GET request to `host`, and its answer. */
export async function proxyRequest(host: string, path: string) {
  const { statusCode, headers, body } = await request(`${fromSetup("PROXY_URL")}${path}`, { headers: { host } });
  return { status: statusCode, headers, body: await body.text() };
}

/** Sends `count` GET requests to `host`, 32 at a time. */
export async function sendMany(host: string, count: number): Promise<Outcome> {
  const agent = new Agent({ connections: CONNECTIONS });
  const outcome: Outcome = { answered: 0, failed: [] };
  let left = count;
  const client = async () => {
    while (left-- > 0) await sendOne(agent, host, outcome);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  await agent.close();
  return outcome;
}

/** Sends GET requests to `host` at a steady rate, whether or not earlier ones have been answered, until `stop`. */
export function startLoad(host: string, perSecond: number) {
  const agent = new Agent({ connections: 64 });
  const outcome: Outcome = { answered: 0, failed: [] };
  const open = new Set<Promise<void>>();
  const startedMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - startedMs) * perSecond) / 1_000;
    for (; sent < due; sent++) {
      const one = sendOne(agent, host, outcome).finally(() => open.delete(one));
      open.add(one);
    }
  }, TICK_MS);
  let ended: Promise<void> | undefined;
  const end = async () => {
    clearInterval(timer);
    await Promise.all(open);
    await agent.close();
  };
  return {
    outcome,
    /** Ends the load and waits until every request is settled; may be called again. */
    async stop(): Promise<Outcome> {
      ended ??= end();
      await ended;
      return outcome;
    },
  };
}
