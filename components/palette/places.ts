// Where the palette leads: pages, their tabs, pools and nodes. Found by every word that was typed, best first.

export type Place = {
  key: string;
  /** What it is called, and what it is of. */
  label: string;
  detail: string;
  href: string;
};
/** More are not shown: whoever types another letter finds theirs. */
const MAX_SHOWN = 12;

/** Places that have all words of `search` in label or detail; those whose label begins with it first, else in their order. */
export function findPlaces(places: readonly Place[], search: string): Place[] {
  const typed = search.trim().toLowerCase();
  const words = typed.split(/\s+/).filter(Boolean);
  const found = places.filter(({ label, detail }) => {
    const text = `${label} ${detail}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const rank = ({ label }: Place) => (label.toLowerCase().startsWith(typed) ? 0 : 1);
  return found.toSorted((a, b) => rank(a) - rank(b)).slice(0, MAX_SHOWN);
}

/** The place that is chosen after an arrow key; from the last on to the first and back. */
export const nextPlace = (at: number, count: number, step: 1 | -1): number =>
  count === 0 ? 0 : (at + step + count) % count;
