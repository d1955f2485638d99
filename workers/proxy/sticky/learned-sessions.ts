// Sessions that are known by a token of the application's own: a cookie, a header or a query parameter. A token is bound to
// the node whose answer gives it, else to the node that its first request went to. Tokens are kept as keyed hashes only:
// whoever reads memory, bus or disk cannot take a session over.
import { createHmac, hash } from "node:crypto";
import type { SessionTuple } from "#lib/contracts/bus.ts";
import type { LearnStickiness } from "#lib/contracts/config.ts";
import { givenCookie } from "#lib/core/sticky/cookies.ts";
import { SessionTable } from "#lib/core/sticky/session-table.ts";
import { wallMs } from "../clock.ts";
import { type Fields, fieldValue } from "../http/fields.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { NodeState } from "../state/node-state.ts";
import { cookiesOf } from "./cookie-fields.ts";
import { isAtHand } from "./first-choice.ts";
import type { Held, NodePicker, Session, Sessions } from "./session.ts";
import type { SessionBus, SessionsOfPool } from "./session-bus.ts";

/** 128 bits, in base64url. */
const HASH_LENGTH = 22;
/** That a session is in use is told this often in its time to live: control forgets it at most so much too early. */
const TOLD_PER_LIFE = 8;

/** @param isHome whether the session was at the node before */
type Told = (node: NodeState, isHome: boolean) => void;

export class LearnedSessions implements Sessions, SessionsOfPool {
  readonly poolId: string;
  readonly #settings: LearnStickiness;
  readonly #bus: SessionBus;
  readonly #nodes: ReadonlyMap<string, NodeState>;
  readonly #salt: string;
  readonly #table: SessionTable;
  readonly #none: Session;

  /** @param key derived from the secret key @param before of the configuration before: what was learned stays */
  constructor(
    settings: LearnStickiness,
    poolId: string,
    nodes: readonly NodeState[],
    key: Buffer,
    bus: SessionBus,
    before: LearnedSessions | null,
  ) {
    this.#settings = settings;
    this.poolId = poolId;
    this.#bus = bus;
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    this.#salt = createHmac("sha256", key).update(`token ${poolId}`).digest("base64url");
    this.#table = before === null ? new SessionTable(settings.maxEntries, settings.ttlMs) : before.#table;
    this.#table.configure(settings.maxEntries, settings.ttlMs);
    this.#none = new LearnedSession(this, null);
  }

  of(head: RequestHead): Session {
    const token = this.#tokenOf(head);
    return token === null || token === "" ? this.#none : new LearnedSession(this, this.#hashOf(token));
  }

  #hashOf(token: string): string {
    return hash("sha256", `${this.#salt}${token}`, "base64url").slice(0, HASH_LENGTH);
  }

  #tokenOf(head: RequestHead): string | null {
    const { from, tokenName } = this.#settings;
    switch (from) {
      case "cookie":
        return cookiesOf(head, tokenName)?.[0] ?? null;
      case "header":
        return fieldValue(head.fields, tokenName.toLowerCase()) ?? null;
      case "query":
        return head.query === "" ? null : new URLSearchParams(head.query).get(tokenName);
    }
  }

  /** The token that an answer gives. */
  #given({ fields }: ResponseHead): string | null {
    const { from, tokenName, answerFrom, answerName } = this.#settings;
    const name = answerName === "" ? tokenName : answerName;
    const place = answerFrom === "same" ? from : answerFrom;
    if (place === "cookie") return cookieGiven(fields, name);
    return place === "header" ? (fieldValue(fields, name.toLowerCase()) ?? null) : null;
  }

  /** The node that the session is bound to, as this process knows it. */
  nodeOf(session: string): NodeState | null {
    const nowMs = wallMs();
    const usedBeforeMs = this.#table.get(session, nowMs)?.usedMs;
    const binding = this.#table.use(session, nowMs);
    if (binding === undefined || usedBeforeMs === undefined) return null;
    const { nodeId, boundMs, usedMs } = binding;
    const period = Math.ceil(this.#settings.ttlMs / TOLD_PER_LIFE);
    if (Math.floor(usedMs / period) !== Math.floor(usedBeforeMs / period))
      this.#bus.used(this.poolId, [session, nodeId, boundMs, usedMs]);
    return this.#nodes.get(nodeId) ?? null;
  }

  bind(session: string, node: NodeState): void {
    const nowMs = wallMs();
    const before = this.#table.get(session, nowMs);
    // A move holds wherever it is heard of, even in the millisecond of what it replaces.
    const boundMs = before === undefined || before.nodeId === node.id ? nowMs : Math.max(nowMs, before.boundMs + 1);
    this.#table.merge(session, { nodeId: node.id, boundMs, usedMs: nowMs }, nowMs);
    this.#bus.tell(this.poolId, [session, node.id, boundMs, nowMs]);
  }

  /**
   * Where a session belongs that this process does not know, or whose node does not take it.
   * @param not the node that does not @returns whether control was asked: then `told` is called
   */
  ask(session: string, proposed: NodeState, not: NodeState | null, told: Told): boolean {
    if (!this.#bus.isAnswering) {
      this.bind(session, proposed);
      return false;
    }
    const { poolId } = this;
    const askedMs = Date.now();
    this.#bus.ask({ poolId, session, nodeId: proposed.id, not: not?.id ?? null }, (nodeId) => {
      if (nodeId === null) this.bind(session, proposed);
      const node = nodeId === null ? undefined : this.#nodes.get(nodeId);
      const boundMs = this.#table.get(session, Date.now())?.boundMs ?? askedMs;
      told(node ?? proposed, node !== undefined && boundMs < askedMs);
    });
    return true;
  }

  /** An answer of `by`: what it teaches. @param session of the request; null: it brought no token @param node its node */
  answered(session: string | null, node: NodeState | null, by: NodeState, head: ResponseHead): void {
    if (head.status >= 500 || this.#nodes.get(by.id) !== by) return;
    if (session !== null && by !== node) this.bind(session, by);
    this.#learn(by, head, null);
  }

  /** The same where `by` only stands in for the session's home: other sessions may begin with it. */
  stoodInFor(session: string | null, by: NodeState, head: ResponseHead): void {
    if (head.status < 500 && this.#nodes.get(by.id) === by) this.#learn(by, head, session);
  }

  /** @param except the session that stays where it is */
  #learn(by: NodeState, head: ResponseHead, except: string | null): void {
    const given = this.#given(head);
    if (given === null || given === "") return;
    const taught = this.#hashOf(given);
    if (taught !== except && this.#table.use(taught, wallMs())?.nodeId !== by.id) this.bind(taught, by);
  }

  hear(sessions: readonly SessionTuple[]): void {
    const nowMs = Date.now();
    for (const [session, nodeId, boundMs, usedMs] of sessions)
      this.#table.merge(session, { nodeId, boundMs, usedMs }, nowMs);
  }

  all(): ReturnType<SessionTable["entries"]> {
    return this.#table.entries();
  }
}

function cookieGiven({ names, values }: Fields, name: string): string | null {
  let given: string | null = null;
  for (let i = 0; i < names.length; i++) {
    const field = names[i] as string;
    if (field.length === 10 && field.toLowerCase() === "set-cookie")
      given = givenCookie(values[i] as string, name, Date.now()) ?? given;
  }
  return given;
}

class LearnedSession implements Session {
  node: NodeState | null = null;
  home: NodeState | null = null;
  readonly #all: LearnedSessions;
  /** Hash of its token; null: the request brought none. */
  readonly #session: string | null;

  constructor(all: LearnedSessions, session: string | null) {
    this.#all = all;
    this.#session = session;
  }

  forNodes(head: RequestHead): RequestHead {
    return head;
  }

  find(picker: NodePicker, held: Held): boolean {
    const session = this.#session;
    if (session === null) return false;
    const known = this.#all.nodeOf(session);
    this.node = known;
    if (known !== null && isAtHand(known, wallMs())) {
      this.home = known;
      return false;
    }
    const proposed = picker.propose();
    // Nobody takes it now: it waits or is refused, and whoever answers in the end is its node.
    if (proposed === null) return false;
    this.node = proposed;
    return this.#all.ask(session, proposed, known, (node, isHome) => {
      this.node = node;
      if (isHome) this.home = node;
      held.goOn();
    });
  }

  answered(by: NodeState, head: ResponseHead): null {
    this.#all.answered(this.#session, this.node, by, head);
    return null;
  }

  stoodInFor(by: NodeState, head: ResponseHead): void {
    this.#all.stoodInFor(this.#session, by, head);
  }
}
