// Requests at a steady rate, whatever comes back. Latency counts from when a request was due, not from when it was sent:
// a generator that waits for a slow server would leave out just those requests that suffer (coordinated omission).
import { LoadConnection } from "./connection.ts";
import type { OpenJob } from "./jobs.ts";
import { Tally } from "./tally.ts";

export function openLoop(job: OpenJob): Promise<Tally> {
  const tally = new Tally();
  const idle: LoadConnection[] = [];
  const startMs = performance.now();
  const total = Math.round((job.ms * job.perSecond) / 1_000);
  let sent = 0;
  let settled = 0;
  return new Promise((resolve) => {
    const send = (dueMs: number) => {
      let connection = idle.pop();
      while (connection && !connection.isUsable) connection = idle.pop();
      const used = connection ?? new LoadConnection(job);
      const patience = setTimeout(() => used.giveUp("no whole answer in time"), job.patienceMs);
      used.ask(job.item, sent, (wrong) => {
        clearTimeout(patience);
        tally.recordFate(dueMs, performance.now() - startMs - dueMs, wrong);
        if (used.isUsable) idle.push(used);
        if (++settled === total) finish();
      });
    };
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - startMs;
      for (; sent < total && (sent * 1_000) / job.perSecond <= elapsedMs; sent++) send((sent * 1_000) / job.perSecond);
    }, 1);
    const finish = () => {
      clearInterval(timer);
      for (const connection of idle) connection.close();
      resolve(tally);
    };
  });
}
