// Nodes that say who they are, and clients that keep cookies.
import http from "node:http";
import { onCleanUp } from "./clean-up.ts";
import { type Answer, request } from "./clients.ts";
import { startNode, type TestNode } from "./rig.ts";

export const COOKIE = { stickiness: { mode: "cookie" } };
export const asConfigured = (nodes: readonly TestNode[]) => nodes.map(({ id, url }) => ({ id, url }));

/** Nodes that answer with their own name: `a`, `b`, … */
export const namedNodes = (count: number): Promise<TestNode[]> =>
  Promise.all(
    Array.from({ length: count }, (_, i) =>
      startNode((_request, response) => response.end(String.fromCharCode(97 + i))),
    ),
  );

/** What a Set-Cookie gives: `srv_id=…`. */
export const pairOf = ({ headers }: Pick<Answer, "headers">, at = 0): string =>
  headers["set-cookie"]?.[at]?.split(";")[0] ?? "";

/** A client that sends back the cookies it was given. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #agent: http.Agent;

  /** @param keepAlive without it each request has a connection of its own, and so another process may take it */
  constructor(keepAlive = true) {
    this.#agent = new http.Agent({ keepAlive });
    onCleanUp(() => this.#agent.destroy());
  }

  async get(url: string, headers: http.OutgoingHttpHeaders = {}): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const all = cookie === "" ? headers : { cookie, ...headers };
    const answer = await request(url, { agent: this.#agent, headers: all });
    for (const given of answer.headers["set-cookie"] ?? []) {
      const [pair = ""] = given.split(";");
      const at = pair.indexOf("=");
      this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  }
}
