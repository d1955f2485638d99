// npm run bench: what a proxied request costs here and elsewhere, in one interleaved run on one machine.
//   --rounds 5  --seconds 3  --only gemini-balance,nginx  --profile (prints where this product's processor time goes)
import { execFileSync } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";
import { Generator } from "../load/generator.ts";
import { freePort } from "../support/ports.ts";
import { writeToDocument } from "../support/report.ts";
import { Workshop } from "../support/workshop.ts";
import {
  type AllFigures,
  type Bench,
  idleConnections,
  latency,
  saturation,
  smallAnswers,
  streaming,
} from "./phases.ts";
import { hotSpots } from "./profile.ts";
import { render } from "./render.ts";
import { PRODUCT, type Setting, TARGETS } from "./targets.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    only: { type: "string" },
    profile: { type: "boolean", default: false },
  },
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
/** Long enough for the proxies on Node to be compiled. */
const WARM_UP_S = 4;
/** Fresh processes each: how much a garbage collector has just swept up differs from one to the next. */
const IDLE_ROUNDS = 3;
const IDLE_CONNECTIONS = 10_000;
/** Descriptors that a process needs for anything else. */
const SPARE_DESCRIPTORS = 500;

const say = (text: string) => console.log(text);

function chosen() {
  const names = options.only?.split(",").map((name) => name.trim());
  const unknown = names?.filter((name) => !TARGETS.some((kind) => kind.name === name)) ?? [];
  if (unknown.length > 0 || !(rounds >= 1) || !(seconds >= 0.5)) {
    say(
      `Cannot run so. --only takes of: ${TARGETS.map((kind) => kind.name).join(", ")}; --rounds ≥ 1, --seconds ≥ 0.5.`,
    );
    process.exit(1);
  }
  return TARGETS.filter((kind) => names?.includes(kind.name) ?? true);
}

async function startAll(setting: Setting) {
  const candidates = [];
  for (const kind of chosen()) {
    const running = await kind.start(setting);
    if (running) candidates.push({ kind, running });
    else say(`!! ${kind.name} is not installed and is left out. On Debian: ${kind.install}`);
  }
  return candidates;
}

async function measure(bench: Bench, idleCount: number): Promise<void> {
  say("warm-up");
  await smallAnswers({ ...bench, seconds: WARM_UP_S, all: new Map(), say: () => {} });
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round} of ${rounds}`);
    await smallAnswers(bench);
    await latency(bench);
    await streaming(bench);
    await saturation(bench);
  }
  for (const { running } of bench.candidates) await running.stop();
  say(`${idleCount} idle connections`);
  for (let round = 1; round <= Math.min(IDLE_ROUNDS, rounds); round++)
    for (const { kind } of bench.candidates) await idleConnections(bench, kind, idleCount);
}

async function profile(setting: Setting, generator: Generator): Promise<void> {
  const product = TARGETS.find((kind) => kind.name === PRODUCT);
  const nodeArgs = ["--cpu-prof", "--cpu-prof-interval", "250", "--cpu-prof-dir", setting.shop.dir];
  const running = await product?.start({ ...setting, nodeArgs });
  if (!running) return;
  const job = { kind: "closed" as const, host: "127.0.0.1", port: running.port, connections: 64, ms: seconds * 1_000 };
  await generator.runChecked(job, PRODUCT);
  await generator.runChecked(job, PRODUCT);
  await running.stop("SIGTERM");
  say(hotSpots(setting.shop.dir, job.ms));
}

if (process.platform !== "linux") {
  say("The benchmark reads processor time and memory from Linux's /proc and runs on Linux only.");
  process.exit(1);
}
const shop = new Workshop("proxy");
const [core, otherCore] = shop.canPin ? [0, 1] : [];
const generator = await Generator.start(shop, otherCore);
const nodePort = await freePort();
await shop.start("node", process.execPath, [path.join(import.meta.dirname, "node.ts"), String(nodePort)], {
  core: otherCore,
});
const setting: Setting = { shop, nodePort, core, otherCore };
if (options.profile) await profile(setting, generator);
else {
  const all: AllFigures = new Map();
  const candidates = await startAll(setting);
  const limit = execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }).trim();
  const descriptors = limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit);
  const idleCount = Math.min(IDLE_CONNECTIONS, descriptors - SPARE_DESCRIPTORS);
  await measure({ generator, candidates, setting, seconds, rounds, all, say }, idleCount);
  const text = render(all, candidates, { rounds, seconds, idleCount, isPinned: shop.canPin });
  say(`\n${text}`);
  if (options.only) say("\nNot written to docs/benchmarks.md: that table compares all.");
  else writeToDocument("bench:proxy", text);
}
await shop.stopAll();
process.exit(0);
