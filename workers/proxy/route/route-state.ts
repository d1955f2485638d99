// What one process knows of one route, over all configurations that hold it: what it does with its requests, made ready so
// that a request costs no look-ups, and what it has let through or answered.

import type { ConfigRoute, RateLimit, RateLimitKey, RouteHedge } from "#lib/contracts/config.ts";
import type { RouteCounts } from "#lib/contracts/metrics.ts";
import { sameValue } from "#lib/core/config/same.ts";
import { compileEdits, type HeaderEdit } from "#lib/core/routing/header-edit.ts";
import { compileRewrite, type PathRewrite, rewritePath } from "#lib/core/routing/rewrite.ts";
import { normalPrefix } from "#lib/core/routing/specificity.ts";
import { withEdit } from "../http/edit-fields.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { Leases } from "../lease/leases.ts";
import { RateLimiter } from "../lease/rate-limiter.ts";
import { type RouteAnswer, routeAnswer } from "./route-answer.ts";

export class RouteState {
  readonly id: string;
  /** By itself; null: it leads to a pool. */
  answer: RouteAnswer | null = null;
  answerEdit: HeaderEdit | null = null;
  maxBodyBytes = Number.POSITIVE_INFINITY;
  limiter: RateLimiter | null = null;
  limitKey: RateLimitKey = { from: "route" };
  /** The value of RateLimit-Policy. */
  policy = "";
  /** Class of its requests in their pool; empty: what the pool makes of them. */
  requestClass = "";
  hedge: RouteHedge = "safe";
  counts = noCounts();
  #rewrite: PathRewrite | null = null;
  #requestEdit: HeaderEdit | null = null;
  #limit: RateLimit | null = null;

  constructor(id: string) {
    this.id = id;
  }

  /**
   * Takes the route's part of a new configuration. A limit that stays goes on counting.
   * @param beside of a canary's route: the same one as everybody else has it, whose limit it shares if it has the same
   */
  configure(config: ConfigRoute, processes: number, leases: Leases, beside?: RouteState): void {
    const { pathRewrite, match, rateLimit } = config;
    this.requestClass = config.requestClass;
    this.hedge = config.hedge;
    this.#rewrite = pathRewrite === null ? null : compileRewrite(normalPrefix(match.pathPrefix), pathRewrite);
    this.#requestEdit = compileEdits(config.requestHeaders);
    this.answerEdit = compileEdits(config.responseHeaders);
    this.answer = routeAnswer(config, this.answerEdit);
    this.maxBodyBytes = config.maxBodyBytes === 0 ? Number.POSITIVE_INFINITY : config.maxBodyBytes;
    if (!sameValue(rateLimit, this.#limit)) {
      this.#limit = rateLimit;
      const isShared = beside !== undefined && sameValue(rateLimit, beside.#limit);
      const resource = `route:${this.id}${beside === undefined ? "" : ":canary"}`;
      this.limiter = isShared ? beside.limiter : rateLimit && new RateLimiter(resource, rateLimit, processes, leases);
    }
    if (rateLimit === null) return;
    this.limitKey = rateLimit.key;
    this.policy = `"requests";q=${rateLimit.requests};w=${rateLimit.windowMs / 1_000}`;
  }

  /** Whether it does nothing but lead to its pool: such a route costs its requests nothing. */
  get isPlain(): boolean {
    return (
      this.answer === null &&
      this.#rewrite === null &&
      this.#requestEdit === null &&
      this.answerEdit === null &&
      this.maxBodyBytes === Number.POSITIVE_INFINITY &&
      this.limiter === null &&
      this.requestClass === "" &&
      this.hedge === "safe"
    );
  }

  /** A request's head as nodes get it. */
  forNodes(head: RequestHead): RequestHead {
    const edited = this.#requestEdit === null ? head : withEdit(head, this.#requestEdit);
    return this.#rewrite === null ? edited : { ...edited, path: rewritePath(this.#rewrite, head.path) };
  }

  /** What was counted since the last call; null when nothing was. */
  takeCounts(): RouteCounts | null {
    const { answered, limited, tooLarge } = this.counts;
    if (answered + limited + tooLarge === 0) return null;
    this.counts = noCounts();
    return { routeId: this.id, answered, limited, tooLarge };
  }
}

const noCounts = () => ({ answered: 0, limited: 0, tooLarge: 0 });
