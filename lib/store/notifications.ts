// One LISTEN connection per process, shared by everyone who waits for news; opened for the first subscriber and closed
// after the last one.
import { CHANNELS } from "#lib/contracts/bus.ts";
import { databaseUrl } from "#lib/store/db.ts";
import { type ListenHandle, listen } from "#lib/store/listen.ts";

export type Subscriber = {
  onNotification?: (channel: string, payload: string) => void;
  /** LISTEN is in force, for the first time or again: read the tables, something may have been missed. */
  onConnected?: () => void;
  onDisconnected?: () => void;
};

type Shared = { subscribers: Set<Subscriber>; handle?: ListenHandle };
const kept = globalThis as { gbNotifications?: Shared };
kept.gbNotifications ??= { subscribers: new Set() };
const shared = kept.gbNotifications;

const LINGER_MS = 10_000;
let closing: NodeJS.Timeout | undefined;

/** Tells `subscriber` of every notification until the returned function is called. */
export function subscribe(subscriber: Subscriber): () => void {
  clearTimeout(closing);
  shared.subscribers.add(subscriber);
  if (shared.handle?.connected) queueMicrotask(() => shared.subscribers.has(subscriber) && subscriber.onConnected?.());
  shared.handle ??= open();
  return () => {
    if (!shared.subscribers.delete(subscriber) || shared.subscribers.size > 0) return;
    // Publishing subscribes for a moment each time: the connection is kept for the next one.
    closing = setTimeout(closeIfIdle, LINGER_MS).unref();
  };
}

/** Ends the connection at once, whoever is subscribed: the process is ending. */
export async function closeNotifications(): Promise<void> {
  clearTimeout(closing);
  const handle = shared.handle;
  shared.handle = undefined;
  await handle?.close();
}

function closeIfIdle(): void {
  if (shared.subscribers.size === 0) void closeNotifications();
}

const open = (): ListenHandle =>
  listen({
    url: databaseUrl(),
    channels: Object.values(CHANNELS),
    onNotification: (channel, payload) => {
      for (const subscriber of shared.subscribers) subscriber.onNotification?.(channel, payload);
    },
    onConnected: () => {
      for (const subscriber of shared.subscribers) subscriber.onConnected?.();
    },
    onDisconnected: () => {
      for (const subscriber of shared.subscribers) subscriber.onDisconnected?.();
    },
  });
