import { useTranslations } from "next-intl";
import { useId } from "react";
import classes from "./brand.module.css";

export function Brand() {
  const t = useTranslations("common");
  // Its own for each mark: a gradient that another, hidden mark defines is not drawn.
  const gradient = useId();
  return (
    <span className={classes.brand}>
      <svg className={classes.mark} viewBox="0 0 20 20" aria-hidden="true">
        <defs>
          <linearGradient id={gradient} x1="0" y1="0" x2="1" y2="1">
            <stop offset="0" className={classes.from} />
            <stop offset="1" className={classes.to} />
          </linearGradient>
        </defs>
        <rect width="20" height="20" rx="6" fill={`url(#${gradient})`} />
        <path className={classes.beam} d="M5 7.5h10M10 5v10M7 15h6" />
      </svg>
      {t("product")}
    </span>
  );
}
