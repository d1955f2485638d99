import { Agent, request } from "undici";

const STEP_MS = 20;

/** Sends `perSecond` GET requests to `host` through the proxy, whether or not earlier ones have been answered, until `stop`. */
export function startLoad(proxy: string, host: string, perSecond: number) {
  const agent = new Agent({ connections: 32 });
  let [answered, failed, due] = [0, 0, 0];
  const send = async () => {
    try {
      const answer = await request(`${proxy}/bench`, { dispatcher: agent, headers: { host } });
      await answer.body.dump();
      if (answer.statusCode === 200) answered++;
      else failed++;
    } catch {
      failed++;
    }
  };
  const timer = setInterval(() => {
    for (due += (perSecond * STEP_MS) / 1_000; due >= 1; due--) void send();
  }, STEP_MS);
  const stop = () => {
    clearInterval(timer);
    void agent.destroy();
    return { answered, failed };
  };
  return { stop };
}
