"use client";
import { useServerNow } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";

/** `6 min. ago`, kept current; the exact time stands in the title and for machines. */
export function RelativeTime({ at }: { at: string | number }) {
  const formats = useFormats();
  const atMs = typeof at === "number" ? at : Date.parse(at);
  const nowMs = useServerNow(10_000);
  if (nowMs === 0) return null;
  return (
    <time dateTime={new Date(atMs).toISOString()} title={`${formats.dateTime(atMs)} ${formats.zone(atMs)}`}>
      {formats.relative(Math.min(atMs, nowMs), nowMs)}
    </time>
  );
}
