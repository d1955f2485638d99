// One open stream. A client that does not read is dropped rather than remembered: it connects again and is synchronised.

/** Bytes that may wait for one slow client; a whole `sync` of a large fleet fits. */
const MAX_QUEUED_BYTES = 16 * 1_048_576;

export type StreamClient = {
  /** Ids without which it may not go on: of the person and session, or of the token. */
  owners: readonly string[];
  /** What they identified themselves with. */
  credential: string;
  body: ReadableStream<Uint8Array>;
  send: (bytes: Uint8Array) => void;
  close: () => void;
};

/** @param onClose is called once, whoever ends the stream: the browser (`signal`), the reader, or `close`. */
export function openClient(
  signal: AbortSignal,
  onClose: (client: StreamClient) => void,
  owners: readonly string[] = [],
  credential = "",
): StreamClient {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const end = () => {
    if (!controller) return;
    controller = undefined;
    signal.removeEventListener("abort", close);
    onClose(client);
  };
  const close = () => {
    const open = controller;
    end();
    open?.close();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start: (opened) => {
        controller = opened;
      },
      cancel: end,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_QUEUED_BYTES }),
  );
  const client: StreamClient = {
    owners,
    credential,
    body,
    close,
    send: (bytes) => {
      if (!controller) return;
      if ((controller.desiredSize ?? 0) < bytes.length) close();
      else controller.enqueue(bytes);
    },
  };
  if (signal.aborted) close();
  else signal.addEventListener("abort", close);
  return client;
}
