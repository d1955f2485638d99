"use client";
import { useFormats } from "#lib/client/use-formats.ts";

/** A time to the second in the chosen zone, which the title names. */
export function Time({ at }: { at: string }) {
  const formats = useFormats();
  const atMs = Date.parse(at);
  return (
    <time dateTime={at} title={formats.zone(atMs)}>
      {formats.dateTime(atMs)}
    </time>
  );
}
