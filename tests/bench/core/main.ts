// npm run bench:core: what deciding and measuring cost, without a socket. npm run bench:pick: picks alone.
//   Ends with 1 when a limit is passed.
import { machine, writeToDocument } from "../support/report.ts";
import { picking } from "./picking.ts";
import { recording } from "./recording.ts";
import { weighing } from "./weighing.ts";

const parts = { pick: picking, record: recording, weigh: weighing };
const [only] = process.argv.slice(2);
const faults: string[] = [];
for (const [name, measure] of Object.entries(parts)) {
  if (only !== undefined && only !== name) continue;
  const { text, faults: found } = measure();
  const day = new Date().toISOString().slice(0, 10);
  console.log(`${text}\n`);
  writeToDocument(`bench:${name}`, `Measured ${day} on ${machine()}. Medians; processor time.\n\n${text}`);
  faults.push(...found);
}
for (const fault of faults) console.error(`!! ${fault}`);
process.exit(faults.length > 0 ? 1 : 0);
