// What became of the connections that attempts asked for: of a node, and of the flow whose requests they were made for. Both
// count the same at the same places, so that the flows of a pool add up to its nodes.
import type { CountDetails } from "#lib/contracts/metrics.ts";

export class ConnectionCounts {
  /** Connections that came about; of a flow: that its attempts waited for. */
  opened = 0;
  /** Attempts on a connection that was there, or was being made, already. */
  reused = 0;
  /** Attempts whose connection could not be made. */
  failed = 0;

  get isEmpty(): boolean {
    return this.opened + this.reused + this.failed === 0;
  }

  /** What was counted since the last call; undefined: nothing. */
  take(): CountDetails | undefined {
    if (this.isEmpty) return undefined;
    const { opened, reused, failed } = this;
    this.opened = this.reused = this.failed = 0;
    return {
      ...(opened > 0 && { connectionsOpened: opened }),
      ...(reused > 0 && { connectionsReused: reused }),
      ...(failed > 0 && { connectionsFailed: failed }),
    };
  }
}
