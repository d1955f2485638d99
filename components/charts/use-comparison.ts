"use client";
import { parseAsStringLiteral, useQueryState } from "nuqs";

/** Whether charts show the period before, too: in the page's address, `?compare=before`. */
export function useComparison(): { isComparing: boolean; setComparing: (isComparing: boolean) => void } {
  const [compare, setCompare] = useQueryState("compare", parseAsStringLiteral(["before"]));
  return { isComparing: compare !== null, setComparing: (value) => void setCompare(value ? "before" : null) };
}
