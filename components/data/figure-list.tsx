import classes from "./figure-list.module.css";

type Props = {
  items: readonly (readonly [label: string, value: string])[];
  /** Framed: it stands by itself, outside a panel. */
  isFramed?: boolean;
};

/** Figures with their names above them, as many beside each other as there is room for. */
export function FigureList({ items, isFramed = false }: Props) {
  return (
    <dl className={classes.figures} data-framed={isFramed || undefined}>
      {items.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
