// What the demo's process and the control process that runs it say to each other.
import { z } from "zod";
import { DemoPorts } from "#lib/contracts/demo.ts";

/** What control tells it. `start` comes once, first; `ports`: those that the configuration names. */
export const ToDemo = z.discriminatedUnion("type", [
  z.object({ type: z.literal("start"), ports: DemoPorts, proxyUrl: z.url() }),
  z.object({ type: z.literal("traffic"), isOn: z.boolean() }),
]);
export type ToDemo = z.infer<typeof ToDemo>;
/** What it tells control. */
export const FromDemo = z.discriminatedUnion("type", [
  z.object({ type: z.literal("listening"), ports: DemoPorts }),
  z.object({ type: z.literal("fault"), message: z.string() }),
]);
