import pino from "pino";

export type Log = pino.Logger;

/** JSON lines on standard output; `level` is one of GB_LOG_LEVEL. */
export const makeLog = (level: string, index: number): Log => pino({ level, base: { process: `proxy-${index}` } });
