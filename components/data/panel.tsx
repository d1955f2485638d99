import classes from "./panel.module.css";
import { Term, type TermName } from "./term.tsx";

type Props = {
  title?: React.ReactNode;
  /** What stands in the hint says the title, too: it is read aloud only. */
  hasOwnTitle?: boolean;
  /** A word in the title that is explained. */
  term?: TermName | undefined;
  /** Quiet words after the title: a unit, a count. */
  hint?: React.ReactNode;
  /** What the colours of a chart mean: beside the right end, or below the title where there is no room. */
  legend?: React.ReactNode;
  /** Right end of the head: link, button, menu. */
  aside?: React.ReactNode;
  /** No padding around the content: for tables. */
  flush?: boolean;
  children: React.ReactNode;
};

/** A framed part of a page with its own heading. */
export function Panel({ title, hasOwnTitle = false, term, hint, legend, aside, flush = false, children }: Props) {
  return (
    <section className={classes.panel} data-flush={flush || undefined}>
      {title !== undefined && (
        <header className={classes.head}>
          <h2 className={classes.title} data-hidden={hasOwnTitle || undefined}>
            {title}
          </h2>
          {term && <Term name={term} />}
          {hint !== undefined && <span className={classes.hint}>{hint}</span>}
          {legend !== undefined && <span className={classes.legend}>{legend}</span>}
          {aside !== undefined && <span className={classes.aside}>{aside}</span>}
        </header>
      )}
      {children}
    </section>
  );
}
