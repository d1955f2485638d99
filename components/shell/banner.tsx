import classes from "./banner.module.css";

type Props = {
  tone: "accent" | "bad";
  icon: React.ReactNode;
  /** Right end: a button. */
  action?: React.ReactNode;
  children: React.ReactNode;
};

/** A strip over the whole width of a page, of what concerns every page. */
export function Banner({ tone, icon, action, children }: Props) {
  return (
    <div className={classes.banner} data-tone={tone}>
      <span className={classes.icon} aria-hidden="true">
        {icon}
      </span>
      <p className={classes.text}>{children}</p>
      {action}
    </div>
  );
}

export { classes as bannerClasses };
