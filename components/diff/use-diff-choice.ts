"use client";
import { parseAsBoolean, parseAsStringLiteral, useQueryState } from "nuqs";
import { remembered } from "#lib/client/remembered.ts";

export const DIFF_LAYOUTS = ["inline", "side"] as const;
export type DiffLayout = (typeof DIFF_LAYOUTS)[number];

const layoutChoice = remembered<DiffLayout>(
  "gb_diff_layout",
  (stored) => (stored === "side" ? "side" : "inline"),
  String,
);

/** How differences are shown: as the address says (`?view=side`, `?same=true`), else as this person last chose. */
export function useDiffChoice() {
  const [ofAddress, setOfAddress] = useQueryState("view", parseAsStringLiteral(DIFF_LAYOUTS));
  const [showsSame, setShowsSame] = useQueryState("same", parseAsBoolean.withDefault(false));
  const chosen = layoutChoice.use();
  return {
    layout: ofAddress ?? chosen,
    setLayout: (layout: DiffLayout) => {
      layoutChoice.choose(layout);
      void setOfAddress(layout);
    },
    showsSame,
    setShowsSame: (shows: boolean) => void setShowsSame(shows || null),
  };
}
