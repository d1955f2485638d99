// What was told of an outage outlives the control process: it is on disk for as long as it is not written down in the database.
import { readFileSync } from "node:fs";
import * as z from "zod";
import { EpochMs, Id } from "#lib/contracts/common.ts";
import type { EffectiveRule } from "#lib/core/alerts/defaults.ts";
import type { AlertKeeperOptions } from "../alert-keeper.ts";
import { type KeptFile, keepFile } from "../kept-file.ts";
import { OutageTeller, type ToldOutage } from "./outage-teller.ts";

const DEBOUNCE_MS = 20;
/** As far as it is gone by: the rest is written down as it is. */
const Kept = z.array(
  z.tuple([
    z.string(),
    z.looseObject({
      alert: z.looseObject({ id: Id, firedMs: EpochMs, figures: z.looseObject({}) }),
      deliveries: z.array(
        z.looseObject({ channelId: Id, attempts: z.int(), createdMs: EpochMs, step: z.looseObject({}) }),
      ),
    }),
  ]),
);

export function startOutageTeller(
  { workerId, log, telling, outageFile }: Pick<AlertKeeperOptions, "workerId" | "log" | "telling" | "outageFile">,
  rules: () => readonly EffectiveRule[],
): { teller: OutageTeller; file: KeptFile } {
  const file = keepFile(outageFile, log, DEBOUNCE_MS, () => [...teller.told]);
  const teller: OutageTeller = new OutageTeller({ workerId, log, rules, telling, onTold: () => file.touch() });
  try {
    teller.restore(Kept.parse(JSON.parse(readFileSync(outageFile, "utf8"))) as unknown as [string, ToldOutage][]);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") log.error({ err: cause }, "outage.json is passed over");
  }
  return { teller, file };
}
