import classes from "./banner.module.css";

type Props = { tone: "accent" | "bad"; icon: React.ReactNode; children: React.ReactNode };

/** A strip over the whole width of a page, of what concerns every page. */
export function Banner({ tone, icon, children }: Props) {
  return (
    <p className={classes.banner} data-tone={tone}>
      <span className={classes.icon} aria-hidden="true">
        {icon}
      </span>
      <span>{children}</span>
    </p>
  );
}

export { classes as bannerClasses };
