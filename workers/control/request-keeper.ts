// Stores requests that the proxy processes found worth keeping. A bounded number waits for the database; then the processes
// are left without an answer, so that they keep their own, and count what they cannot keep.
import type { RequestRecord } from "#lib/contracts/requests.ts";
import type { Database } from "#lib/store/control/database.ts";
import { writeDropped, writeRequests } from "#lib/store/control/requests.ts";
import type { ProxyLink } from "./bus-server.ts";
import type { Log } from "./log.ts";
import { repeat } from "./repeat.ts";

/** With so many waiting, no more are taken. */
const MAX_WAITING = 2_000;
const AT_ONCE = 500;

export type RequestKeeper = ReturnType<typeof startRequestKeeper>;

export function startRequestKeeper(database: Database, workerId: string, log: Log) {
  let waiting: RequestRecord[] = [];
  let dropped = 0;
  /** Lost since this process started. */
  let lost = 0;
  /** Those who wait to hear that theirs are taken. */
  let unanswered = new Set<ProxyLink>();

  const answer = () => {
    if (waiting.length >= MAX_WAITING) return;
    for (const link of unanswered) link.send({ type: "requests-taken" });
    unanswered = new Set();
  };
  const storing = repeat("storing requests", 1_000, log, async () => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, AT_ONCE);
      await writeRequests(database, workerId, batch);
      waiting = waiting.slice(batch.length);
      answer();
    }
    if (dropped === 0) return;
    const count = dropped;
    await writeDropped(database, workerId, count, Date.now());
    dropped -= count;
    log.warn({ dropped: count }, "more requests were worth keeping than could be kept");
  });

  return {
    take: (link: ProxyLink, records: readonly RequestRecord[], lostThere: number) => {
      waiting.push(...records);
      dropped += lostThere;
      lost += lostThere;
      unanswered.add(link);
      answer();
      void storing.kick();
    },
    gone: (link: ProxyLink) => void unanswered.delete(link),
    get lost() {
      return lost;
    },
    stop: async () => {
      await storing.kick();
      await storing.stop();
    },
  };
}
