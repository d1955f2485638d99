"use client";
import { Anchor, Button } from "@mantine/core";
import { IconCircle, IconCircleCheckFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { Ready } from "#components/data/ready.tsx";
import { channelsQuery } from "#lib/client/notification-channels.ts";
import { peopleQuery } from "#lib/client/people.ts";
import { useCan } from "#lib/client/use-can.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import classes from "./start-checklist.module.css";
import { StartDemo } from "./start-demo.tsx";
import { ownPools, startSteps } from "./start-facts.ts";

type StepProps = { isDone: boolean; title: string; text: string; children?: React.ReactNode };
function Step({ isDone, title, text, children }: StepProps) {
  const t = useTranslations("overview");
  const Icon = isDone ? IconCircleCheckFilled : IconCircle;
  return (
    <li className={classes.step} data-done={isDone || undefined}>
      <Icon size={18} className={classes.icon} role="img" aria-label={isDone ? t("start.done") : t("start.open")} />
      <div>
        <p className={classes.title}>{title}</p>
        {!isDone && <p className={classes.text}>{text}</p>}
        {!isDone && children}
      </div>
    </li>
  );
}

const To = ({ href, children }: { href: string; children: React.ReactNode }) => (
  <Anchor component={Link} href={href as Route} size="sm">
    {children}
  </Anchor>
);

type Props = { pools: readonly PoolView[]; proxyUrl: string; hadTraffic: boolean };

/** First run: each step is done when the product says so. Gone for good once all are, or once it is put away. */
export function StartChecklist({ pools, proxyUrl, hadTraffic }: Props) {
  const t = useTranslations("overview.start");
  const isAdmin = useCan("admin");
  const channels = useQuery(channelsQuery);
  const people = useQuery({ ...peopleQuery, enabled: isAdmin });
  const own = ownPools(pools);
  const [first] = own;
  const nodes = own.flatMap((pool) => pool.nodes);
  const isChecked = nodes.some(({ facts }) => facts.health.state === "healthy");
  const hasChannel = channels.data ? channels.data.length > 0 : undefined;
  const hasColleague = isAdmin ? people.data && people.data.length > 1 : true;
  const isOver = hadTraffic && isChecked && hasChannel === true && hasColleague === true;
  useEffect(() => {
    if (isOver) startSteps.choose(true);
  }, [isOver]);
  const isRouted = own.some(({ isDefault, routeCount }) => isDefault || routeCount > 0);
  const poolHref = `/pools/${first?.id}`;
  return (
    <Ready>
      <Panel
        title={t("title")}
        aside={
          <Button variant="subtle" size="compact-sm" onClick={() => startSteps.choose(true)}>
            {t("dismiss")}
          </Button>
        }
      >
        <ol className={classes.steps}>
          <Step isDone={own.length > 0} title={t("pool")} text={t("poolText")}>
            <Button component={Link} href={"/pools?new=true" as Route}>
              {t("poolAction")}
            </Button>
          </Step>
          <Step isDone={nodes.length > 0} title={t("node")} text={t("nodeText")}>
            {first && <To href={poolHref}>{t("nodeAction")}</To>}
          </Step>
          <Step isDone={isChecked} title={t("check")} text={t("checkText")}>
            {nodes.length > 0 && <To href={`${poolHref}?tab=health`}>{t("checkAction")}</To>}
          </Step>
          <Step isDone={hadTraffic} title={t("request")} text={t("routeText")}>
            {nodes.length > 0 &&
              (isRouted ? (
                <code className={classes.code}>curl -i {proxyUrl}/</code>
              ) : (
                <To href="/routes">{t("routeAction")}</To>
              ))}
          </Step>
          <Step isDone={hasChannel === true} title={t("channel")} text={t("channelText")}>
            <To href="/alerts?tab=notifications">{t("channelAction")}</To>
          </Step>
          {isAdmin && (
            <Step isDone={hasColleague === true} title={t("people")} text={t("peopleText")}>
              <To href="/settings?tab=people">{t("peopleAction")}</To>
            </Step>
          )}
        </ol>
        <StartDemo />
      </Panel>
    </Ready>
  );
}
