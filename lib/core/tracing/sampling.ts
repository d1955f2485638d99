// Which traces are recorded, and new ids. OpenTelemetry's ParentBased(TraceIdRatioBased): who has a parent follows it, who has
// none decides by the trace's id, so that everybody who asks the same id for the same share says the same.
import type { Random } from "../balance/types.ts";
import type { ParentContext } from "./trace-context.ts";

/** Of an id's end: as many as a number holds exactly. */
const DIGITS = 13;
const RANGE = 2 ** 52;

/** Whether the share takes it. @param ratio 0–1 */
export const isInShare = (traceId: string, ratio: number): boolean =>
  Number.parseInt(traceId.slice(-DIGITS), 16) < ratio * RANGE;

export interface SamplingRule {
  readonly sampleRatio: number;
  readonly followParent: boolean;
}

export const isSampled = (parent: ParentContext | null, traceId: string, rule: SamplingRule): boolean =>
  parent !== null && rule.followParent ? parent.isSampled : isInShare(traceId, rule.sampleRatio);

const WORD = 0x1_0000_0000;

/** Hexadecimal digits, eight for each draw; never all zeros. */
function newId(words: number, random: Random): string {
  let id = "";
  for (let i = 0; i < words; i++)
    id += Math.floor(random() * WORD)
      .toString(16)
      .padStart(8, "0");
  return /[^0]/.test(id) ? id : `${id.slice(1)}1`;
}
export const newTraceId = (random: Random): string => newId(4, random);
export const newSpanId = (random: Random): string => newId(2, random);
