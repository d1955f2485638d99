"use client";
import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { alertRulesQuery } from "#lib/client/alerting.ts";
import { RuleFaults } from "./rule-faults.tsx";

/** The rules that cannot be judged, for those who look after the product itself; nothing while all can. */
export function RuleFaultsPanel() {
  const t = useTranslations("rules");
  const faults = useQuery(alertRulesQuery()).data?.faults ?? [];
  const keys = [...new Set(faults.map(({ ruleKey }) => ruleKey))];
  if (keys.length === 0) return null;
  return (
    <Panel title={t("faults.title")}>
      {keys.map((key) => (
        <div key={key}>
          <Anchor component={Link} href="/alerts?tab=rules" size="sm">
            {key}
          </Anchor>
          <RuleFaults faults={faults.filter(({ ruleKey }) => ruleKey === key)} />
        </div>
      ))}
    </Panel>
  );
}
