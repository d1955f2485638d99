"use client";
import { useCallback, useMemo, useState } from "react";

export type Selection = {
  ids: ReadonlySet<string>;
  toggle: (id: string) => void;
  /** All of them, or none when all are chosen. */
  toggleAll: () => void;
  clear: () => void;
};

/** Which of `all` are chosen; what is not there any more is not chosen either. */
export function useSelection(all: readonly { id: string }[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const ids = useMemo(() => new Set(all.map(({ id }) => id).filter((id) => chosen.has(id))), [all, chosen]);
  const toggle = useCallback(
    (id: string) =>
      setChosen((before) =>
        before.has(id) ? new Set([...before].filter((one) => one !== id)) : new Set(before).add(id),
      ),
    [],
  );
  const isWhole = ids.size === all.length;
  const toggleAll = () => setChosen(isWhole ? new Set() : new Set(all.map(({ id }) => id)));
  return { ids, toggle, toggleAll, clear: () => setChosen(new Set()) };
}
