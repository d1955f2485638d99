// CPU, memory and queue of the nodes: asks those that are this worker's share, stores what they tell, and knows what was told of
// the others. Without the database the share stays what it was, and what is told waits, up to a bound.

import type { NodeResources } from "#lib/contracts/resources.ts";
import { currentResources, type ToldResources } from "#lib/core/resources/current.ts";
import { isMine } from "#lib/core/resources/share-out.ts";
import { type Database, inTransaction } from "#lib/store/control/database.ts";
import { readSharers, readTold, writeResources } from "#lib/store/control/resources.ts";
import type { ToldRow } from "#lib/store/resource-sql.ts";
import type { SecretBook } from "#lib/store/secret-book.ts";
import type { Names } from "#workers/names/names.ts";
import type { Scraped } from "#workers/resources/scrape.ts";
import { type ScrapeTarget, scrapeTarget } from "#workers/resources/scrape-target.ts";
import { Scraper } from "#workers/resources/scraper.ts";
import type { Fleet, FleetNode } from "./fleet.ts";
import { changeLog, type Log } from "./log.ts";
import { repeat } from "./repeat.ts";

const SHARE_EVERY_MS = 2_000;
const HEAR_EVERY_MS = 5_000;
const WRITE_EVERY_MS = 1_000;
/** While the database is away so many wait; the oldest go first. */
const MAX_WAITING = 20_000;

export type ResourceKeeper = ReturnType<typeof startResourceKeeper>;
type Options = {
  database: Database;
  workerId: string;
  log: Log;
  fleet: Fleet;
  names: Names;
  /** Opens the credentials of nodes that are asked with them. */
  secrets: SecretBook;
};

export function startResourceKeeper({ database, workerId, log, fleet, names, secrets }: Options) {
  let sharers: readonly string[] = [];
  /** What is told of nodes, by whomever. */
  const told = new Map<string, ToldResources>();
  let waiting: ToldRow[] = [];
  let targets = new Map<string, ScrapeTarget>();
  /** Result → how often, since this process started. */
  const scrapes = new Map<string, number>();
  const faults = changeLog(log, "asking nodes for their resources");

  const onScraped = ({ nodeId }: ScrapeTarget, { result, reading }: Scraped) => {
    faults.worked();
    scrapes.set(result, (scrapes.get(result) ?? 0) + 1);
    const row: ToldRow = { nodeId, source: "scrape", atMs: Date.now(), by: workerId, reading };
    told.set(nodeId, row);
    waiting.push(row);
    if (waiting.length > MAX_WAITING) waiting.shift();
  };
  const scraper = new Scraper({ lookup: names.lookup, onScraped, onFault: faults.failed });

  const retarget = () => {
    const before = targets;
    targets = new Map(
      [...fleet.nodes.values()]
        .filter(({ nodeId, pool }) => pool.resources.source === "scrape" && isMine(nodeId, workerId, sharers))
        .map((entry) => [entry.nodeId, madeReady(entry, before.get(entry.nodeId), secrets)]),
    );
    scraper.update(targets);
  };
  const sharing = repeat("sharing out whose resources are asked for", SHARE_EVERY_MS, log, async () => {
    if (!isAnyOn(fleet)) return;
    sharers = await readSharers(database);
    retarget();
  });
  const hearing = repeat("reading what others tell of nodes' resources", HEAR_EVERY_MS, log, async () => {
    if (!isAnyOn(fleet)) return;
    for (const nodeId of told.keys()) if (!fleet.nodes.has(nodeId)) told.delete(nodeId);
    for (const [nodeId, theirs] of await readTold(database, workerId))
      if (theirs.atMs > (told.get(nodeId)?.atMs ?? 0)) told.set(nodeId, theirs);
  });
  const writing = repeat("storing nodes' resources", WRITE_EVERY_MS, log, async () => {
    const batch = waiting;
    if (batch.length === 0) return;
    waiting = [];
    try {
      await inTransaction(database, (tx) => writeResources(tx, batch));
    } catch (cause) {
      waiting = [...batch, ...waiting].slice(-MAX_WAITING);
      throw cause;
    }
  });

  return {
    /** The configuration changed. */
    retarget: () => {
      retarget();
      if (isAnyOn(fleet)) void sharing.kick();
    },
    /** What is known of a node now. */
    of: ({ nodeId, pool }: FleetNode, nowMs: number): NodeResources =>
      currentResources({ nodeId, poolId: pool.id, settings: pool.resources }, told.get(nodeId) ?? null, nowMs),
    /** How scrapes of this worker ended, by result. */
    scrapes: scrapes as ReadonlyMap<string, number>,
    stop: async () => {
      scraper.stop();
      await writing.kick();
      await Promise.all([writing.stop(), sharing.stop(), hearing.stop()]);
    },
  };
}

const isAnyOn = ({ nodes }: Fleet): boolean => nodes.values().some(({ pool }) => pool.resources.source !== "off");

/** What an unchanged node needs is not made anew. */
function madeReady({ node, pool }: FleetNode, known: Ready | undefined, secrets: SecretBook): Ready {
  if (known?.node === node && known.pool === pool) return known;
  return { ...scrapeTarget(node, pool, (value, ownerId) => secrets.text(value, ownerId)), node, pool };
}
type Ready = ScrapeTarget & Partial<Pick<FleetNode, "node" | "pool">>;
