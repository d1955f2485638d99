"use client";
import { useTranslations } from "next-intl";
import { useId } from "react";
import { useFormats } from "#lib/client/use-formats.ts";
import type { BreakerSettings } from "#lib/contracts/config.ts";
import type { BreakerState } from "#lib/contracts/runtime.ts";
import classes from "./breaker-picture.module.css";

export type BreakerName = BreakerState["state"];
const STATES = ["closed", "open", "half-open"] as const satisfies readonly BreakerName[];
const BOX = { width: 104, height: 40, y: 44 };
const LEFT = { closed: 4, open: 168, "half-open": 332 } as const satisfies Record<BreakerName, number>;

type Props = {
  settings: BreakerSettings;
  /** How many nodes are in each state; of one node: 1 in the one it is in. */
  counts: Readonly<Record<BreakerName, number>>;
  /** Counts are told in the boxes. */
  isOfPool?: boolean;
};

/** The three states of a breaker, what leads from one to the next with the pool's own settings, and where it stands now. */
export function BreakerPicture({ settings, counts, isOfPool = false }: Props) {
  const t = useTranslations("nodes.breaker");
  const marker = useId();
  const present = STATES.filter((state) => counts[state] > 0);
  const told = present.map((state) => `${t(`state.${state}`)}${isOfPool ? `: ${counts[state]}` : ""}`).join(", ");
  return (
    <figure className={classes.figure}>
      <svg className={classes.picture} viewBox="0 0 440 122" role="img" aria-label={t("picture", { told })}>
        <defs>
          <marker id={marker} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
            <path d="M0 0 L8 4 L0 8 z" className={classes.head} />
          </marker>
        </defs>
        <Way d="M108 54 H166" at={[137, 54]} number={1} marker={marker} />
        <Way d="M272 54 H330" at={[301, 54]} number={2} marker={marker} />
        <Way d="M384 44 C384 4, 56 4, 56 42" at={[220, 14]} number={3} marker={marker} />
        <Way d="M384 84 C384 112, 222 112, 222 86" at={[303, 105]} number={4} marker={marker} />
        {STATES.map((state) => (
          <g key={state} className={classes.state} data-state={state} data-present={counts[state] > 0 || undefined}>
            <rect x={LEFT[state]} y={BOX.y} width={BOX.width} height={BOX.height} rx={8} />
            <text x={LEFT[state] + BOX.width / 2} y={BOX.y + (isOfPool ? 17 : 25)}>
              {t(`state.${state}`)}
            </text>
            {isOfPool && (
              <text x={LEFT[state] + BOX.width / 2} y={BOX.y + 32} className={classes.count}>
                {t("nodes", { count: counts[state] })}
              </text>
            )}
          </g>
        ))}
      </svg>
      <Ways settings={settings} />
    </figure>
  );
}

function Way({ d, at: [x, y], number, marker }: { d: string; at: [number, number]; number: number; marker: string }) {
  return (
    <g className={classes.way}>
      <path d={d} markerEnd={`url(#${marker})`} />
      <circle cx={x} cy={y} r={9} />
      <text x={x} y={y + 4}>
        {number}
      </text>
    </g>
  );
}

/** What the numbers in the picture stand for. */
function Ways({ settings }: { settings: BreakerSettings }) {
  const t = useTranslations("nodes.breaker");
  const formats = useFormats();
  const { windowMs, minimumRequests, errorRatio, slowMs, slowRatio, openMs, maxOpenMs, halfOpenRequests } = settings;
  const slow = { ratio: formats.percent(slowRatio), time: formats.duration(slowMs) };
  const opens = { ratio: formats.percent(errorRatio), count: minimumRequests, time: formats.duration(windowMs) };
  const ways = [
    `${t("opens", opens)}${slowMs > 0 ? ` ${t("orSlow", slow)}` : ""}`,
    t("tries", { time: formats.duration(openMs) }),
    t("closes", { count: halfOpenRequests }),
    t("reopens", { most: formats.duration(maxOpenMs) }),
  ];
  return (
    <ol className={classes.ways}>
      {ways.map((way) => (
        <li key={way}>{way}</li>
      ))}
    </ol>
  );
}
