// What a pool is given by the process that it is in.
import type { PassiveFacts, Trip } from "#lib/contracts/bus.ts";
import type { Random } from "#lib/core/balance/types.ts";
import type { Names } from "#workers/names/names.ts";
import type { ForwardingRules } from "../http/forwarding.ts";
import type { Leases } from "../lease/leases.ts";
import type { SharedLimits } from "../lease/shared-limits.ts";
import type { SlotLeases } from "../lease/slot-leases.ts";
import type { SessionBus } from "../sticky/session-bus.ts";

export interface PoolShell {
  readonly names: Names;
  readonly random: Random;
  /** What is believed of where requests come from; null: their peers are the clients. */
  readonly forwarding: ForwardingRules | null;
  /** Of the nodes that have a limit of requests in flight, which the worker's processes share. */
  readonly slots: SlotLeases;
  /** Of the nodes whose limit is found out by all of them. */
  readonly foundLimits: SharedLimits;
  /** Of what nodes may be sent over time, likewise. */
  readonly leases: Leases;
  /** Where this worker stands; empty: it does not say. */
  readonly zone: string;
  /** Of the words that stand for nodes in cookies: the same in all processes of all hosts. */
  readonly sessionKey: Buffer;
  /** Tells and asks siblings of learned sessions. */
  readonly sessions: SessionBus;
  /** Passive facts of a node changed by what this process saw. @param trips whose requests did so, where they did */
  tellSiblings(facts: PassiveFacts[], trips: readonly Trip[]): void;
}
