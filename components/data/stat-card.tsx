import { Sparkline, type Tone } from "./sparkline.tsx";
import classes from "./stat-card.module.css";
import { Term, type TermName } from "./term.tsx";

type Props = {
  label: string;
  /** Formatted, with its unit; a dash when unknown. */
  value: string;
  detail?: string;
  values?: readonly (number | null)[];
  tone?: Tone;
  /** The figure is old: it is drawn faded, and the top bar says how old. */
  isStale?: boolean;
  /** A word in the label that is explained. */
  term?: TermName | undefined;
};

/** One figure with its recent course. */
export function StatCard({ label, value, detail, values = [], tone = "mute", isStale = false, term }: Props) {
  return (
    <div className={classes.card} data-stale={isStale || undefined} data-stat={label}>
      <div className={classes.label}>
        {label}
        {term && <Term name={term} />}
      </div>
      <div className={classes.value}>{value}</div>
      <div className={classes.detail}>{detail ?? "\u00a0"}</div>
      <Sparkline values={values} tone={tone} />
    </div>
  );
}
