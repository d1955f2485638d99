// A request at its route, before any node is asked: let through, answered here, or kept waiting for a moment while control is
// asked for leave. The same for every protocol that clients speak.
import type { Origin } from "../exchange/account.ts";
import { Exchange } from "../exchange/exchange.ts";
import type { ExchangeClient } from "../exchange/exchange-client.ts";
import type { FieldList, OwnAnswer } from "../http/own-answer.ts";
import { ownProblem } from "../http/problem.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { Decided, Taker } from "../lease/rate-limiter.ts";
import { Passage } from "./passage.ts";
import { rateKey } from "./rate-key.ts";
import type { RouteState } from "./route-state.ts";
import type { Destination } from "./routing.ts";

/** What becomes of it. */
export type Verdict = { kind: "pass"; passage: Passage } | { kind: "answer"; answer: OwnAnswer };

export interface ReceptionClient extends ExchangeClient {
  /** What was not decided at once. */
  received(reception: Reception, verdict: Verdict): void;
}

export class Reception implements Taker {
  readonly head: RequestHead;
  readonly requestId: string;
  readonly destination: Destination & { route: RouteState };
  readonly #route: RouteState;
  readonly #address: string;
  readonly #client: ReceptionClient;
  #key = "";

  /** @param address of the client, by which it may be limited */
  constructor(
    destination: Destination & { route: RouteState },
    head: RequestHead,
    requestId: string,
    address: string,
    client: ReceptionClient,
  ) {
    this.destination = destination;
    this.#route = destination.route;
    this.head = head;
    this.requestId = requestId;
    this.#address = address;
    this.#client = client;
  }

  /** @returns null: the client hears of it soon */
  decide(): Verdict | null {
    const { limiter, limitKey, maxBodyBytes } = this.#route;
    const { head } = this;
    if (head.body.kind === "length" && head.body.length > maxBodyBytes) return this.#tooLarge();
    if (limiter === null) return this.#let(null);
    this.#key = rateKey(limitKey, head, this.#address);
    const decided = limiter.take(this.#key, this);
    return decided && this.#decidedBy(decided);
  }

  decided(decided: Decided): void {
    this.#client.received(this, this.#decidedBy(decided));
  }

  /** It was let through: its further life. */
  exchange(passage: Passage): Exchange {
    return new Exchange(this.head, this.requestId, this.destination as Origin, this.#client, passage);
  }

  /** The client is gone. */
  leave(): void {
    this.#route.limiter?.leave(this.#key, this);
  }

  #decidedBy(decided: Decided): Verdict {
    const { policy } = this.#route;
    if (decided.kind === "taken")
      return this.#let(limitFields(policy, decided.left, this.#fullInSeconds(decided.left)));
    this.#route.counts.limited++;
    const seconds = Math.max(1, Math.ceil(decided.waitMs / 1_000));
    const fields: FieldList = [["Retry-After", String(seconds)], ...limitFields(policy, 0, seconds)];
    return this.#problem("rate-limited", "more requests than this route allows; try again later", fields);
  }

  /** How long until the bucket is full again, if nothing is taken meanwhile. */
  #fullInSeconds(left: number): number {
    const { limiter } = this.#route;
    if (limiter === null) return 0;
    const { tokenMs, burst } = limiter.limit.rate;
    return Math.ceil((Math.max(0, burst - left) * tokenMs) / 1_000);
  }

  #let(fields: FieldList | null): Verdict {
    const { head } = this;
    const { answer, counts } = this.#route;
    if (answer === null) return { kind: "pass", passage: new Passage(this.#route, head, fields) };
    counts.answered++;
    const own = answer(head);
    return { kind: "answer", answer: fields === null ? own : { ...own, fields: [...own.fields, ...fields] } };
  }

  #tooLarge(): Verdict {
    const { counts, maxBodyBytes } = this.#route;
    counts.tooLarge++;
    return this.#problem("payload-too-large", `the body is larger than ${maxBodyBytes} bytes`, []);
  }

  #problem(code: "rate-limited" | "payload-too-large", detail: string, fields: FieldList): Verdict {
    return { kind: "answer", answer: ownProblem(code, detail, this.requestId, fields) };
  }
}

/** draft-ietf-httpapi-ratelimit-headers-10: what the limit is, how many requests are left, and seconds until all are. */
const limitFields = (policy: string, left: number, seconds: number): FieldList => [
  ["RateLimit-Policy", policy],
  ["RateLimit", `"requests";r=${left};t=${seconds}`],
];
