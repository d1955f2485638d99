import pino from "pino";

export type Log = pino.Logger;

/** JSON lines on standard output; `level` is one of GB_LOG_LEVEL. */
export const makeLog = (level: string): Log => pino({ level, base: { process: "control" } });

/**
 * Speaks when something changes and is silent while it stays the same: a loop that fails every second for an hour says
 * so once, and once more when it works again.
 */
export function changeLog(log: Log, what: string) {
  let fault: string | undefined;
  return {
    failed: (cause: unknown) => {
      const text =
        cause instanceof Error ? `${(cause as { code?: string }).code ?? ""} ${cause.message}`.trim() : String(cause);
      if (text === fault) return;
      fault = text;
      log.warn({ fault }, `${what} fails; it is tried again`);
    },
    worked: () => {
      if (fault === undefined) return;
      fault = undefined;
      log.info(`${what} works again`);
    },
  };
}
