import type { CHANNELS } from "#lib/contracts/bus.ts";
import type { Tx } from "#lib/store/db.ts";

type Channel = (typeof CHANNELS)[keyof typeof CHANNELS];

/** Sends a notification when the transaction commits, and none when it does not. */
export async function notify(tx: Tx, channel: Channel, payload: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify(${channel}, ${payload})`;
}
