// Lists of statuses as people write them: `100-499, 503`.

type StatusRange = { from: number; to: number };
const RANGE = /^(\d{3})(?:\s*[-–]\s*(\d{3}))?$/;

/** `100-499, 503` → ranges; null when it is not that. */
export function parseStatuses(text: string): StatusRange[] | null {
  const parts = text.split(/[,,;]/).map((part) => part.trim());
  const ranges: StatusRange[] = [];
  for (const part of parts.filter((each) => each !== "")) {
    const [, from, to] = RANGE.exec(part) ?? [];
    if (from === undefined) return null;
    ranges.push({ from: Number(from), to: Number(to ?? from) });
  }
  return ranges;
}

export const statusesText = (ranges: readonly StatusRange[]): string =>
  ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(", ");
