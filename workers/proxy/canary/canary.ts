// The canary that runs beside the revision in force: whose requests go by it, and what the clients of both arms meet.
import type { CanaryKey, PublishedCanary } from "#lib/contracts/config.ts";
import type { ArmCounts, CanaryArm } from "#lib/contracts/metrics.ts";
import { canarySeed, isOfCanary } from "#lib/core/canary/arm.ts";
import { keyText } from "../exchange/hash-key.ts";
import type { RequestHead } from "../http/request-head.ts";
import { SpanCounts } from "../recorder.ts";
import { networkOf } from "../route/rate-key.ts";
import { Routing } from "../route/routing.ts";

const NO_ROUTE_STATUS = 404;

export class Canary {
  readonly id: string;
  readonly routing = new Routing();
  readonly #key: CanaryKey;
  readonly #seed: number;
  readonly #sharePercent: number;
  /** By arm and pool; of the pool "": requests that no route took. */
  readonly #tallies: Record<CanaryArm, Map<string, SpanCounts>>;

  /** @param before the same canary, as it was applied before: what it has counted is not told yet */
  constructor({ id, key, sharePercent }: PublishedCanary, before: Canary | null) {
    this.id = id;
    this.#key = key;
    this.#seed = canarySeed(id);
    this.#sharePercent = sharePercent;
    this.#tallies = before?.id === id ? before.#tallies : { control: new Map(), canary: new Map() };
  }

  /** Whether the request's client is one of the canary's. @param address of the client */
  takes(head: RequestHead, address: string): boolean {
    const text = this.#key.from === "client-address" ? "" : keyText(this.#key, head);
    return isOfCanary(text || networkOf(address), this.#seed, this.#sharePercent);
  }

  tally(arm: CanaryArm, poolId: string): SpanCounts {
    const known = this.#tallies[arm].get(poolId);
    if (known !== undefined) return known;
    const made = new SpanCounts();
    this.#tallies[arm].set(poolId, made);
    return made;
  }

  /** No route took a request: what its client gets is no answer of any node. */
  noRoute(arm: CanaryArm): void {
    this.tally(arm, "").record(NO_ROUTE_STATUS, true, 0);
  }

  /** What was counted since the last call, of pools that had any requests. */
  takeCounts(): ArmCounts[] {
    return (["control", "canary"] as const).flatMap((arm) =>
      [...this.#tallies[arm]].flatMap(([poolId, tally]): ArmCounts[] =>
        tally.requests === 0
          ? []
          : [{ canaryId: this.id, arm, poolId: poolId === "" ? null : poolId, ...tally.take() }],
      ),
    );
  }
}
