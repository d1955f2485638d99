import type { ConfigPool } from "#lib/contracts/config.ts";
import type { NodeState } from "../state/node-state.ts";
import { CookieSessions } from "./cookie-sessions.ts";
import { LearnedSessions } from "./learned-sessions.ts";
import { NodeMarks } from "./node-marks.ts";
import type { Sessions } from "./session.ts";
import type { SessionBus } from "./session-bus.ts";

export type { Sessions } from "./session.ts";

interface Pool {
  readonly config: ConfigPool;
  readonly nodes: readonly NodeState[];
  /** Of the configuration before. */
  readonly sessions: Sessions | null;
}
interface Shell {
  /** Derived from the secret key. */
  readonly sessionKey: Buffer;
  readonly sessions: SessionBus;
}

/** As the pool's configuration wants them now; null: its requests stick to no node. */
export function makeSessions({ config, nodes, sessions }: Pool, { sessionKey, sessions: bus }: Shell): Sessions | null {
  const { id, stickiness } = config;
  switch (stickiness.mode) {
    case "off":
      return null;
    case "cookie":
      return new CookieSessions(stickiness, new NodeMarks(sessionKey, id, nodes));
    case "learn": {
      const before = sessions instanceof LearnedSessions ? sessions : null;
      return new LearnedSessions(stickiness, id, nodes, sessionKey, bus, before);
    }
  }
}

/** The learned sessions of those pools that have any. */
export function* learningPools(pools: Iterable<{ readonly sessions: Sessions | null }>): Iterable<LearnedSessions> {
  for (const { sessions } of pools) if (sessions instanceof LearnedSessions) yield sessions;
}
