import classes from "./data-table.module.css";
import { Term, type TermName } from "./term.tsx";

export type Column = {
  key: string;
  label: React.ReactNode;
  isNumber?: boolean;
  /** Left out on narrow screens; its cells are `tableClasses.roomy`. */
  isRoomy?: boolean;
  /** A word in the label that is explained. */
  term?: TermName | undefined;
};

const headClass = ({ isNumber, isRoomy }: Column): string | undefined =>
  [isNumber && classes.number, isRoomy && classes.roomy].filter(Boolean).join(" ") || undefined;

/**
 * Frame of a table: head, and rows as children (`<tr>` with `<td>`; `tableClasses.number` for numbers). It scrolls
 * sideways by itself when the screen is narrow.
 */
export function DataTable({
  label,
  columns,
  rowCount,
  children,
}: {
  label: string;
  columns: readonly Column[];
  /** With the head; given where not every row stands in the page. */
  rowCount?: number;
  children: React.ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={classes.scroll} aria-label={label} tabIndex={0}>
      <table className={classes.table} aria-rowcount={rowCount}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={headClass(column)}>
                {column.label}
                {column.term && <Term name={column.term} />}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

export { classes as tableClasses };
