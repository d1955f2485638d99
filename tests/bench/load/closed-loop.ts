import { LoadConnection } from "./connection.ts";
import type { ClosedJob, IdleJob, PacedJob, StreamJob } from "./jobs.ts";
import { Tally } from "./tally.ts";

let count = 0;

const open = (job: ClosedJob | PacedJob | StreamJob): LoadConnection[] =>
  Array.from({ length: job.connections }, () => new LoadConnection(job));

/** Every connection asks again as soon as its answer is there. */
export function closedLoop(job: ClosedJob | StreamJob): Promise<Tally> {
  const tally = new Tally();
  const untilMs = performance.now() + job.ms;
  const loop = (first: LoadConnection): Promise<void> =>
    new Promise((resolve) => {
      let connection = first;
      const next = () => {
        if (performance.now() >= untilMs || tally.isHopeless) {
          connection.close();
          return resolve();
        }
        if (!connection.isUsable) connection = new LoadConnection(job);
        const sentMs = performance.now();
        const done = (wrong: string | null) => {
          tally.record(performance.now() - sentMs, wrong, job.kind === "stream" ? job.bytes : 0);
          next();
        };
        if (job.kind === "stream") connection.askBytes(job.bytes, done);
        else connection.ask("item", ++count, done);
      };
      next();
    });
  return Promise.all(open(job).map(loop)).then(() => tally);
}

/** Steady rate over connections that take turns; a request waits for a free connection when all are busy. */
export function paced(job: PacedJob): Promise<Tally> {
  const tally = new Tally();
  const free = open(job);
  const startMs = performance.now();
  const total = Math.round((job.ms * job.perSecond) / 1_000);
  let sent = 0;
  let settled = 0;
  return new Promise((resolve) => {
    const ask = () => {
      const connection = free.shift();
      if (!connection) return false;
      const usable = connection.isUsable ? connection : new LoadConnection(job);
      const sentMs = performance.now();
      usable.ask("item", ++count, (wrong) => {
        tally.record(performance.now() - sentMs, wrong, 0);
        free.push(usable);
        if (++settled < total) return;
        clearInterval(timer);
        for (const each of free) each.close();
        resolve(tally);
      });
      return true;
    };
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - startMs) * job.perSecond) / 1_000));
      while (sent < due && ask()) sent++;
    }, 1);
  });
}

/** How many are opened at once: a listen queue is short. */
const OPENED_AT_ONCE = 200;
/** Loopback addresses that the connections come from: the ports of one address would not do for several runs. */
const SOURCES = 16;

/** Opens connections that have served one request each. @returns them, idle */
export async function openIdle(job: IdleJob): Promise<{ tally: Tally; connections: LoadConnection[] }> {
  const tally = new Tally();
  const connections: LoadConnection[] = [];
  const openOne = (i: number): Promise<void> =>
    new Promise((resolve) => {
      const connection = new LoadConnection(job, `127.0.1.${1 + (i % SOURCES)}`);
      connections.push(connection);
      connection.ask("item", ++count, (wrong) => {
        tally.record(0, wrong, 0);
        resolve();
      });
    });
  for (let at = 0; at < job.connections && !tally.isHopeless; at += OPENED_AT_ONCE) {
    const size = Math.min(OPENED_AT_ONCE, job.connections - at);
    await Promise.all(Array.from({ length: size }, (_, i) => openOne(at + i)));
  }
  return { tally, connections };
}
