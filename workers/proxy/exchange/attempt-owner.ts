import type { Outcome } from "#lib/core/classify.ts";
import type { Story } from "../explain/story.ts";
import type { Fields } from "../http/fields.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { Flow } from "../state/flows.ts";
import type { Trace } from "../tracing/trace.ts";
import type { Attempt } from "./attempt.ts";
import type { RequestBody } from "./request-body.ts";

/** The exchange that an attempt is made for. */
export interface AttemptOwner {
  readonly head: RequestHead;
  readonly body: RequestBody;
  /** What is remembered of it; null for most. */
  readonly story: Story | null;
  /** What nodes are told of its trace; null: what the client said. */
  readonly trace: Trace | null;
  /** An attempt ended in something that may be worth remembering. */
  note(attempt: Attempt, outcome: Outcome): void;
  /** Where it counts. */
  readonly flow: Flow;
  /** Whether it is one of those that are sent to a second node when the first is slow. */
  readonly isHedged: boolean;
  /** Whether a second copy of it may be sent now, while the first is out. */
  readonly mayBeHedged: boolean;
  /** Request fields that are the same for every node, already serialised. */
  readonly fieldText: string;
  /** The same for a node that has them edited. */
  fieldTextOf(head: RequestHead): string;
  /** Whether the node is asked for `100 Continue`: not once the client has been told to go on. */
  readonly asksContinue: boolean;
  /** Asks a second node. @returns whether there was one to ask */
  askAnother(attempt: Attempt): boolean;
  /** It has a connection and is about to send. */
  connected(attempt: Attempt): void;
  /** The node takes the body now: the client may go on sending it. */
  bodyWanted(): void;
  interim(head: ResponseHead): void;
  answered(attempt: Attempt, head: ResponseHead): void;
  piece(bytes: Buffer, start: number, end: number): void;
  readDone(attempt: Attempt): void;
  answerEnd(attempt: Attempt, trailers: Fields | null): void;
  /** It came to nothing, or broke within the answer; its connection is closed. */
  attemptFailed(attempt: Attempt, outcome: Outcome): void;
}
