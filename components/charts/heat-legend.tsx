"use client";
import { useTranslations } from "next-intl";
import type { HeatBounds, HeatFigure } from "#lib/client/heat.ts";
import classes from "./heat-map.module.css";
import { useHeatFormat } from "./use-heat-format.ts";

/** What each colour stands for. */
export function HeatLegend({ bounds, figure }: { bounds: HeatBounds; figure: HeatFigure }) {
  const t = useTranslations("charts.heat");
  const format = useHeatFormat(figure);
  const words = [
    t("below", { value: format(bounds[0]) }),
    ...bounds.map((bound) => t("from", { value: format(bound) })),
  ];
  return (
    <ul className={classes.legend} aria-label={t("legend")}>
      {words.map((text, level) => (
        <li key={text}>
          <i data-level={level} />
          {text}
        </li>
      ))}
      <li>
        <i data-level="none" />
        {t("none")}
      </li>
    </ul>
  );
}
