// `npm run soak`: half a million operations, unless GB_SOAK_REQUESTS says otherwise; GB_SOAK_SEED repeats a run.
import { runSoak } from "./soak.ts";

const requests = Number(process.env.GB_SOAK_REQUESTS ?? 500_000);
const seed = Number(process.env.GB_SOAK_SEED ?? Date.now() % 1_000_000);
const say = (line: string) => void process.stdout.write(`${line}\n`);

const outcomes = await runSoak({ requests, seed, say });
for (const [word, count] of [...outcomes].sort(([, a], [, b]) => b - a)) say(`${String(count).padStart(8)}  ${word}`);
say("nothing is left behind");
process.exit(0);
