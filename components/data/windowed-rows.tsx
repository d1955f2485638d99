"use client";
import dynamic from "next/dynamic";
import { Fragment } from "react";
import { patiently } from "#lib/client/patiently.ts";
import type { RowsOnScreen as Rows } from "./rows-on-screen.tsx";

/** So many rows are drawn whole: they can be searched and printed, and cost nothing that anybody sees. */
const DRAWN_WHOLE = 100;

export type WindowedRowsProps<T> = {
  items: readonly T[];
  columnCount: number;
  keyOf: (item: T) => string;
  /** A `<tr>`; `rowIndex` is its place in the whole table for `aria-rowindex`, the head being 1. */
  children: (item: T, rowIndex: number) => React.ReactNode;
};

/** Few fleets need it, and none at once. Its type is told again: that of what comes later knows no `T`. */
const RowsOnScreen = dynamic(
  patiently(() => import("./rows-on-screen.tsx").then((module) => module.RowsOnScreen)),
  {
    ssr: false,
  },
) as typeof Rows;

/** Rows of one height in a table that scrolls with the page. Of long lists those on screen alone exist. */
export function WindowedRows<T>(props: WindowedRowsProps<T>) {
  const { items, keyOf, children } = props;
  if (items.length > DRAWN_WHOLE) return <RowsOnScreen {...props} />;
  return items.map((item, index) => <Fragment key={keyOf(item)}>{children(item, index + 2)}</Fragment>);
}
