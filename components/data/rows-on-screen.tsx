"use client";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { Fragment, useLayoutEffect, useRef, useState } from "react";
import classes from "./data-table.module.css";
import type { WindowedRowsProps } from "./windowed-rows.tsx";

/** 32 px and a hairline; the rows that stand there say how high they are indeed. */
const ROW_HEIGHT = 33;
/** Drawn above and below the screen, so that scrolling by keyboard and wheel meets rows, not blanks. Each is drawn every second. */
const OVERSCAN = 8;

/** Where the rows begin in the page, and how high one is, kept current while what stands above them grows. */
function usePlace() {
  const first = useRef<HTMLTableRowElement>(null);
  const [place, setPlace] = useState({ top: 0, rowHeight: ROW_HEIGHT });
  useLayoutEffect(() => {
    const measure = () => {
      if (!first.current) return;
      const top = Math.round(first.current.getBoundingClientRect().top + window.scrollY);
      const rowHeight = first.current.nextElementSibling?.getBoundingClientRect().height || ROW_HEIGHT;
      setPlace((known) => (known.top === top && known.rowHeight === rowHeight ? known : { top, rowHeight }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  return { first, ...place };
}

export function RowsOnScreen<T>({ items, columnCount, keyOf, children }: WindowedRowsProps<T>) {
  const { first, top, rowHeight } = usePlace();
  const virtualizer = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => rowHeight,
    getItemKey: (index) => keyOf(items[index] as T),
    overscan: OVERSCAN,
    scrollMargin: top,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are measured anew when their height is another one
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  const shown = virtualizer.getVirtualItems();
  const before = (shown[0]?.start ?? top) - top;
  const after = virtualizer.getTotalSize() - ((shown.at(-1)?.end ?? top) - top);
  return (
    <>
      <Blank height={before} columnCount={columnCount} ref={first} />
      {shown.map(({ index, key }) => (
        <Fragment key={key}>{children(items[index] as T, index + 2)}</Fragment>
      ))}
      <Blank height={after} columnCount={columnCount} />
    </>
  );
}

/** Stands for rows that are not on screen. */
function Blank(props: { height: number; columnCount: number; ref?: React.Ref<HTMLTableRowElement> }) {
  return (
    <tr ref={props.ref} className={classes.blank}>
      <td colSpan={props.columnCount} style={{ height: Math.max(0, props.height) }} />
    </tr>
  );
}
