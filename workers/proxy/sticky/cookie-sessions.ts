// Sessions that are bound by a cookie which the proxy gives and nodes never see (HAProxy `cookie … insert indirect`). The
// cookie holds the word of its node (node-marks.ts) and, when browsers are to keep it for a while, when it was given:
// `<word>.<seconds, base 36>`. It is given when the client has none for the node that answers, and anew past half its life.
import type { CookieStickiness } from "#lib/contracts/config.ts";
import { cookieAttributes, cookieExpiry } from "#lib/core/sticky/cookies.ts";
import { fieldValue } from "../http/fields.ts";
import type { FieldList } from "../http/own-answer.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { NodeState } from "../state/node-state.ts";
import { cookiesOf, withoutCookie } from "./cookie-fields.ts";
import { MARK_LENGTH, type NodeMarks } from "./node-marks.ts";
import type { Session, Sessions } from "./session.ts";

const BY_TLS = "X-Forwarded-Proto: https\r\n";
/** An answer that gives a cookie is one client's: stored for all, it would bind all of them to one node (HAProxy `nocache`). */
const PRIVATE = ["Cache-Control", "private"] as const;

export class CookieSessions implements Sessions {
  readonly #settings: CookieStickiness;
  readonly #marks: NodeMarks;
  readonly #attributes: string;
  /** Of all requests that bring no cookie of ours. */
  readonly #none: Session;

  constructor(settings: CookieStickiness, marks: NodeMarks) {
    this.#settings = settings;
    this.#marks = marks;
    this.#attributes = cookieAttributes(settings);
    this.#none = {
      node: null,
      home: null,
      find: () => false,
      forNodes: (head) => head,
      answered: (by, head, told) => this.give(by, head, told),
      stoodInFor: () => {},
    };
  }

  of(head: RequestHead): Session {
    const values = cookiesOf(head, this.#settings.name);
    if (values === null) return this.#none;
    for (const value of values) {
      const node = this.#nodeOf(value);
      if (node !== undefined) return new CookieSession(this, this.#settings.name, node, this.#isDue(value));
    }
    return new CookieSession(this, this.#settings.name, null, true);
  }

  #nodeOf(value: string): NodeState | undefined {
    const isMark = value.length === MARK_LENGTH || value[MARK_LENGTH] === ".";
    return isMark ? this.#marks.nodeOf(value.slice(0, MARK_LENGTH)) : undefined;
  }

  /** Whether a cookie is to be given anew: past half its life, or of a time when cookies had another. */
  #isDue(value: string): boolean {
    const { expiresMs } = this.#settings;
    if (expiresMs === 0) return value.length !== MARK_LENGTH;
    const ageMs = Date.now() - Number.parseInt(value.slice(MARK_LENGTH + 1), 36) * 1_000;
    return !(ageMs >= -expiresMs && ageMs < expiresMs / 2);
  }

  give(node: NodeState, { status, fields }: ResponseHead, connectionFields: string): FieldList | null {
    const mark = this.#marks.markOf(node);
    if (status >= 500 || mark === undefined) return null;
    const { name, expiresMs, secure } = this.#settings;
    const nowMs = Date.now();
    const stamp = expiresMs === 0 ? "" : `.${Math.floor(nowMs / 1_000).toString(36)}`;
    let text = `${name}=${mark}${stamp}${cookieExpiry(expiresMs, nowMs)}${this.#attributes}`;
    if (secure === "always" || (secure === "auto" && connectionFields.includes(BY_TLS))) text += "; Secure";
    const cacheControl = fieldValue(fields, "cache-control") ?? "";
    const isKeptFromCaches = status < 200 || /(?:^|[\s,])(?:private|no-store)(?:$|[\s,])/i.test(cacheControl);
    return isKeptFromCaches ? [["Set-Cookie", text]] : [["Set-Cookie", text], PRIVATE];
  }
}

class CookieSession implements Session {
  readonly node: NodeState | null;
  readonly #all: CookieSessions;
  readonly #name: string;
  readonly #isDue: boolean;

  constructor(all: CookieSessions, name: string, node: NodeState | null, isDue: boolean) {
    this.#all = all;
    this.#name = name;
    this.node = node;
    this.#isDue = isDue;
  }

  get home(): NodeState | null {
    return this.node;
  }

  /** The cookie says it. */
  find(): boolean {
    return false;
  }

  forNodes(head: RequestHead): RequestHead {
    return withoutCookie(head, this.#name);
  }

  answered(by: NodeState, head: ResponseHead, connectionFields: string): FieldList | null {
    return by === this.node && !this.#isDue ? null : this.#all.give(by, head, connectionFields);
  }

  /** The client keeps the cookie that it has. */
  stoodInFor(): void {}
}
