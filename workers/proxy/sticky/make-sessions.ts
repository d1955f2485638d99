import type { ConfigPool } from "#lib/contracts/config.ts";
import type { NodeState } from "../state/node-state.ts";
import { CookieSessions } from "./cookie-sessions.ts";
import { NodeMarks } from "./node-marks.ts";
import type { Sessions } from "./session.ts";

export type { Sessions } from "./session.ts";

/** As the pool's configuration wants them; null: its requests stick to no node. @param key derived from the secret key */
export function makeSessions(
  { id, stickiness }: ConfigPool,
  nodes: readonly NodeState[],
  key: Buffer,
): Sessions | null {
  switch (stickiness.mode) {
    case "off":
      return null;
    case "cookie":
      return new CookieSessions(stickiness, new NodeMarks(key, id, nodes));
  }
}
