// One live stream for all tabs of a browser that one person is signed in with. A browser opens six connections to a server
// over HTTP/1.1: with a stream for each tab the seventh would wait for ever, with all that it asks. The tab that holds a
// lock, the keeper, has the stream and passes on what it hears. Another tab has one of its own only until it knows what
// was told before it came, or when it missed something. When the keeper is closed the lock goes to another; when it no
// longer answers, since the browser froze it, another takes the lock from it.
import { type FrameHandlers, onWake, openStream, type StreamFrame } from "./live-stream.ts";
import { readFrame, type ToldEvent } from "./stream-events.ts";
import { StreamPosition } from "./stream-position.ts";

export type StreamHandlers = { [E in ToldEvent as E["name"]]: (payload: E["payload"]) => void } & {
  /** The stream does not deliver; called every few seconds until it does again. */
  poll: () => void;
};

type Message =
  | { kind: "frame"; frame: StreamFrame }
  | { kind: "poll" }
  /** Is there a keeper? */
  | { kind: "ask" }
  | { kind: "here" };

/** A tick is due every second. After this long without a word the keeper is asked whether it is there. */
const SILENCE_MS = 4_000;
/** It answers at once, also in the background, where timers are slow; at load it may take a while. */
const ANSWER_MS = 2_500;
/** Not all at once: the first to take the lock says so. */
const SPREAD_MS = 1_500;

/**
 * Opens the stream, or listens to the tab that has it.
 * @param session tabs share a stream only with those of the same
 * @returns a function that ends it for good
 */
export function openSharedStream(url: string, session: string, handlers: StreamHandlers): () => void {
  // Locks exist only where pages are safe from being changed on their way: over HTTPS, and on this machine.
  if (!("locks" in navigator) || !("BroadcastChannel" in window)) return openOwnStream(url, handlers);
  return new SharedStream(url, `gb-live-stream ${session}`, handlers).close;
}

const openOwnStream = (url: string, handlers: StreamHandlers): (() => void) =>
  openStream(url, { take: (frame) => tell(handlers, frame), poll: handlers.poll });

function tell(handlers: StreamHandlers, frame: StreamFrame): void {
  const event = readFrame(frame);
  if (event) (handlers[event.name] as (payload: unknown) => void)(event.payload);
}

class SharedStream {
  readonly #url: string;
  readonly #name: string;
  readonly #handlers: StreamHandlers;
  readonly #channel: BroadcastChannel;
  readonly #ended = new AbortController();
  readonly #position = new StreamPosition();
  readonly #stopWaking: () => void;
  /** This tab holds the lock. */
  #isKeeper = false;
  /** It stands in the queue for the lock. */
  #isQueued = false;
  /** Nothing is missing of what was told until now. */
  #isComplete = false;
  #closeOwn: (() => void) | undefined;
  /** Ends the wait for a word of the keeper. */
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, name: string, handlers: StreamHandlers) {
    this.#url = url;
    this.#name = name;
    this.#handlers = handlers;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#heard(data);
    this.#stopWaking = onWake(() => this.#askKeeper());
    this.#openOwn();
    this.#queueForLock();
    this.#askKeeper();
  }

  close = (): void => {
    this.#ended.abort();
    this.#stopWaking();
    clearTimeout(this.#silence);
    this.#endOwn();
    this.#channel.close();
  };

  #queueForLock(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#requestLock({ signal: this.#ended.signal });
  }

  /** Becomes the keeper when it gets the lock, with `steal` at once, until another steals it. */
  #requestLock(options: LockOptions): void {
    const keep = async () => {
      if (!options.steal) this.#isQueued = false;
      if (this.#ended.signal.aborted) return;
      this.#becomeKeeper();
      await new Promise<void>((resolve) => this.#ended.signal.addEventListener("abort", () => resolve()));
    };
    navigator.locks.request(this.#name, options, keep).catch(() => {
      // Stolen. One's own stream goes on until the new keeper is heard.
      if (this.#ended.signal.aborted) return;
      this.#isKeeper = false;
      this.#queueForLock();
      this.#askKeeper();
    });
  }

  #becomeKeeper(): void {
    this.#isKeeper = true;
    clearTimeout(this.#silence);
    this.#say({ kind: "here" });
    this.#openOwn();
  }

  #say(message: Message): void {
    if (!this.#ended.signal.aborted) this.#channel.postMessage(message);
  }

  /** A stream of this tab's own; what it tells goes to the others as well if this tab is the keeper. */
  #openOwn(): void {
    this.#closeOwn ??= openStream(this.#url, this.#own);
  }

  #endOwn(): void {
    this.#closeOwn?.();
    this.#closeOwn = undefined;
  }

  readonly #own: FrameHandlers = {
    take: (frame) => {
      if (this.#isKeeper) this.#say({ kind: "frame", frame });
      this.#take(frame);
    },
    poll: () => {
      if (this.#isKeeper) this.#say({ kind: "poll" });
      this.#isComplete = false;
      this.#handlers.poll();
    },
  };

  #take(frame: StreamFrame): void {
    const isSync = frame.name === "sync";
    const placing = this.#position.place(frame.id, isSync);
    if (placing === "known") return;
    if (isSync) this.#isComplete = true;
    tell(this.#handlers, frame);
    if (placing === "next") return;
    // The opening of a stream tells all that is missing.
    this.#isComplete = false;
    this.#endOwn();
    this.#openOwn();
  }

  #heard(message: Message): void {
    if (message.kind === "ask") {
      if (this.#isKeeper) this.#say({ kind: "here" });
      return;
    }
    // From a tab that was frozen as it kept the stream and does not know yet that it lost the lock.
    if (this.#isKeeper) return;
    this.#waitForWord(SILENCE_MS, () => this.#askKeeper());
    if (message.kind === "poll") {
      if (!this.#closeOwn) this.#handlers.poll();
      return;
    }
    if (message.kind === "frame") this.#take(message.frame);
    if (this.#isComplete) this.#endOwn();
  }

  #askKeeper(): void {
    if (this.#isKeeper) return;
    this.#say({ kind: "ask" });
    this.#waitForWord(ANSWER_MS + Math.random() * SPREAD_MS, () => {
      this.#openOwn();
      this.#requestLock({ steal: true });
    });
  }

  #waitForWord(patienceMs: number, act: () => void): void {
    clearTimeout(this.#silence);
    if (!this.#isKeeper && !this.#ended.signal.aborted) this.#silence = setTimeout(act, patienceMs);
  }
}
