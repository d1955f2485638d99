"use client";
import { IconCircleCheck, IconCircleDashed, IconEyeOff, IconZoomExclamation } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import classes from "#components/nodes/state-badge.module.css";
import type { ProbeTruthVerdict } from "#lib/contracts/probe-truth.ts";

const LOOK = {
  agrees: { tone: "good", Icon: IconCircleCheck },
  shallow: { tone: "warn", Icon: IconEyeOff },
  strict: { tone: "warn", Icon: IconZoomExclamation },
  "too-little": { tone: "off", Icon: IconCircleDashed },
  unchecked: { tone: "off", Icon: IconCircleDashed },
} as const satisfies Record<ProbeTruthVerdict, object>;

/** How a probe did: colour, icon and word together. */
export function VerdictBadge({ verdict }: { verdict: ProbeTruthVerdict }) {
  const t = useTranslations("probeTruth");
  const { tone, Icon } = LOOK[verdict];
  return (
    <span className={classes.badge} data-tone={tone} data-probe-verdict={verdict} title={t(`verdictHelp.${verdict}`)}>
      <Icon size={12} aria-hidden="true" />
      {t(`verdict.${verdict}`)}
    </span>
  );
}
