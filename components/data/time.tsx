"use client";
import { useFormats } from "#lib/client/use-formats.ts";

const DAY_MS = 86_400_000;

type Props = {
  at: string;
  /** A time that stands before it: on the same day the date is not told again. */
  after?: string;
};

/** A time to the second in the chosen zone, which the title names. */
export function Time({ at, after }: Props) {
  const formats = useFormats();
  const atMs = Date.parse(at);
  const afterMs = after === undefined ? Number.NaN : Date.parse(after);
  const isSameDay = Math.abs(atMs - afterMs) < DAY_MS && formats.day(atMs) === formats.day(afterMs);
  return (
    <time dateTime={at} title={isSameDay ? `${formats.dateTime(atMs)} ${formats.zone(atMs)}` : formats.zone(atMs)}>
      {isSameDay ? formats.time(atMs) : formats.dateTime(atMs)}
    </time>
  );
}
