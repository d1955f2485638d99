// npm run bench:failover: what clients notice when one of three nodes fails under 300 requests/s, here and elsewhere.
//   --only "nginx, least_conn"  --fault hung
import { parseArgs } from "node:util";
import { Generator } from "../load/generator.ts";
import { machine, table, writeToDocument } from "../support/report.ts";
import { Workshop } from "../support/workshop.ts";
import { FAULTS, type Fault } from "./faults.ts";
import { isInNamespace, namespaceWay, runInNamespace } from "./namespace.ts";
import { type Outcome, PATIENCE_MS, PER_SECOND, play, SLOWED_MS } from "./scenario.ts";
import { CONTENDERS, type Contender } from "./targets.ts";

const { values: options } = parseArgs({
  options: { only: { type: "string", multiple: true }, fault: { type: "string", multiple: true } },
});

function selection<T extends { name: string }>(all: readonly T[], wanted: string[] | undefined): T[] {
  const chosen = all.filter(({ name }) => wanted?.some((start) => name.startsWith(start)) ?? true);
  if (chosen.length > 0) return chosen;
  console.error(`There is no such thing. Choose from: ${all.map(({ name }) => `"${name}"`).join(", ")}`);
  process.exit(1);
}
const contenders = selection(CONTENDERS, options.only);
const faults = selection(FAULTS, options.fault);

let skipped = "";
if (!isInNamespace() && faults.some((fault) => fault.needsNamespace)) {
  const way = namespaceWay();
  if ("unshare" in way) process.exit(await runInNamespace(way.unshare));
  skipped = way.missing;
}
if (skipped) console.log(`\n!!! SKIPPED: the black-holed node. ${skipped}\n`);

type Row = Map<Contender, Outcome>;

async function playAll(fault: Fault, missing: Set<Contender>): Promise<Row> {
  const row: Row = new Map();
  for (const contender of contenders.filter((one) => !missing.has(one))) {
    const outcome = await play(shop, generator, contender, fault);
    if (outcome === null) {
      missing.add(contender);
      console.log(`!!! ${contender.name} is not installed and is left out. On Debian: ${contender.install}`);
      continue;
    }
    row.set(contender, outcome);
    const told = Object.entries(outcome.faults).map(([what, times]) => `${times} × ${what}`);
    console.log(`${fault.name} · ${contender.name}: ${cell(outcome)}${told.length > 0 ? ` (${told.join(", ")})` : ""}`);
  }
  return row;
}

const cell = ({ failed, slowed, maxMs }: Outcome): string => `${failed} / ${slowed} / ${maxMs.toFixed(0)}`;

function render(rows: Map<Fault, Row>): string {
  const day = new Date().toISOString().slice(0, 10);
  const first = [...rows.values()].flatMap((row) => [...row.values()])[0];
  const lines = [...rows].map(([fault, row]) => [
    fault.name,
    ...contenders.map((contender) => {
      const outcome = row.get(contender);
      return outcome ? cell(outcome) : "not run";
    }),
  ]);
  return [
    `Measured ${day} on ${machine()}. Each cell: requests failed / slowed by more than ${SLOWED_MS} ms beyond their normal ` +
      `latency / longest in ms, of ${first?.requests ?? 0} GET requests, ${PER_SECOND} a second, open loop, timed from when ` +
      `each was due; one of three nodes fails after two seconds and stays so for five. No whole answer within ` +
      `${PATIENCE_MS / 1_000} s is a failure, and so is any wrong byte.`,
    table(["fault of one node", ...contenders.map(({ name }) => name)], lines),
  ].join("\n\n");
}

const shop = new Workshop("failover");
const generator = await Generator.start(shop);
const rows = new Map<Fault, Row>();
const missing = new Set<Contender>();
for (const fault of faults) {
  const isSkipped = fault.needsNamespace && skipped !== "";
  rows.set(fault, isSkipped ? new Map() : await playAll(fault, missing));
}
const text = render(rows);
console.log(`\n${text}`);
if (options.only || options.fault) console.log("\nNot written to docs/benchmarks.md: that table compares all.");
else writeToDocument("bench:failover", text);
await shop.stopAll();
process.exit(0);
