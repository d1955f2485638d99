import classes from "./panel.module.css";

type Props = {
  title?: React.ReactNode;
  /** Quiet words after the title: a unit, a count. */
  hint?: React.ReactNode;
  /** Right end of the head: legend, link, button. */
  aside?: React.ReactNode;
  /** No padding around the content: for tables. */
  flush?: boolean;
  children: React.ReactNode;
};

/** A framed part of a page with its own heading. */
export function Panel({ title, hint, aside, flush = false, children }: Props) {
  return (
    <section className={classes.panel} data-flush={flush || undefined}>
      {title !== undefined && (
        <header className={classes.head}>
          <h2 className={classes.title}>{title}</h2>
          {hint !== undefined && <span className={classes.hint}>{hint}</span>}
          {aside !== undefined && <span className={classes.aside}>{aside}</span>}
        </header>
      )}
      {children}
    </section>
  );
}
