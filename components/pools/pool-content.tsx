"use client";
import { ActionIcon, Skeleton, Tabs } from "@mantine/core";
import { IconDots, IconPlus, IconTrash } from "@tabler/icons-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsString, parseAsStringLiteral, useQueryState } from "nuqs";
import { useState } from "react";
import { Panel } from "#components/data/panel.tsx";
import { ActionMenu } from "#components/forms/action-menu.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { GuardedItem } from "#components/forms/guarded-item.tsx";
import { NodeDialogs, useNodeDialogs } from "#components/nodes/node-dialogs.tsx";
import { OfEntity } from "#components/staging/of-entity.tsx";
import { patiently } from "#lib/client/patiently.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import { DeletePoolDialog } from "./delete-pool-dialog.tsx";
import { NodesTab } from "./nodes-tab.tsx";
import classes from "./pool-content.module.css";
import { type Proposal, ProposeSettings } from "./proposal.tsx";
import { TAB_GROUPS } from "./setting-groups.ts";

/** What the page is not opened for: loaded when it is asked for. */
const PoolBreaker = dynamic(
  patiently(() => import("#components/nodes/acting/pool-breaker.tsx").then((module) => module.PoolBreaker)),
);
const FactsTable = dynamic(
  patiently(() => import("#components/nodes/facts-table.tsx").then((module) => module.FactsTable)),
);
const NodeDrawer = dynamic(
  patiently(() => import("#components/nodes/node-drawer.tsx").then((module) => module.NodeDrawer)),
);
const ProbeTruthPanel = dynamic(
  patiently(() => import("#components/probe-truth/probe-truth-panel.tsx").then((module) => module.ProbeTruthPanel)),
);
const TrafficTab = dynamic(
  patiently(() => import("./traffic-tab.tsx").then((module) => module.TrafficTab)),
  { loading: () => <Skeleton height={320} /> },
);
const SettingsForm = dynamic(
  patiently(() => import("./settings-form.tsx").then((module) => module.SettingsForm)),
  {
    loading: () => <Skeleton height={320} />,
  },
);

const TABS = ["nodes", "traffic", "health", "breaker", "config"] as const;
const OPEN_AT_FIRST = ["healthCheck", "checkHttp", "ejection"] as const;

/** The parts of a pool as tabs; which one, and whose drawer is open, stands in the address. */
export function PoolContent({ pool, isOnlyStaged = false }: { pool: PoolView; isOnlyStaged?: boolean }) {
  const t = useTranslations("pool");
  const [tab, setTab] = useQueryState("tab", parseAsStringLiteral(TABS).withDefault("nodes"));
  const [nodeId, setNodeId] = useQueryState("node", parseAsString);
  const [seen, setSeen] = useState<ReadonlySet<string>>(() => new Set([tab]));
  if (!seen.has(tab)) setSeen(new Set([...seen, tab]));
  const [wasNodeOpen, setNodeWasOpen] = useState(nodeId !== null);
  if (nodeId !== null && !wasNodeOpen) setNodeWasOpen(true);
  const [proposal, setProposal] = useState<Proposal | null>(null);
  const propose = (settings: Proposal) => {
    void setNodeId(null);
    void setTab("health");
    // Proposed again, it is put in again.
    setProposal([...settings]);
  };
  return (
    <ProposeSettings value={isOnlyStaged ? null : propose}>
      <NodeDialogs pool={pool}>
        <Tabs value={tab} onChange={(value) => void setTab(value as (typeof TABS)[number])} classNames={classes}>
          <div className={classes.bar}>
            <Tabs.List aria-label={t("tabs")}>
              {TABS.map((each) => (
                <Tabs.Tab key={each} value={each}>
                  {t(`tab.${each}`)}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <PoolTools pool={pool} />
          </div>
          <OfEntity entityId={pool.id} isWhole={isOnlyStaged} />
          <Tabs.Panel value="nodes">{tab === "nodes" && <NodesTab pool={pool} selectedId={nodeId} />}</Tabs.Panel>
          <Tabs.Panel value="traffic">{tab === "traffic" && <TrafficTab pool={pool} />}</Tabs.Panel>
          {/* Once seen, forms stay when another tab is looked at: what was entered is not lost. */}
          <Tabs.Panel value="health">
            {tab === "health" && pool.nodes.length > 0 && (
              <Panel flush title={t("facts.title")} hint={t("facts.hint")}>
                <FactsTable pool={pool} />
              </Panel>
            )}
            {tab === "health" && pool.nodes.length > 0 && !isOnlyStaged && <ProbeTruthPanel pool={pool} />}
            {seen.has("health") && (
              <SettingsForm pool={pool} groups={TAB_GROUPS.health} openAtFirst={OPEN_AT_FIRST} proposal={proposal} />
            )}
          </Tabs.Panel>
          <Tabs.Panel value="breaker">
            {tab === "breaker" && <PoolBreaker pool={pool} />}
            {seen.has("breaker") && <SettingsForm pool={pool} groups={TAB_GROUPS.breaker} openAtFirst={["breaker"]} />}
          </Tabs.Panel>
          <Tabs.Panel value="config">
            {seen.has("config") && <SettingsForm pool={pool} groups={TAB_GROUPS.config} openAtFirst={["general"]} />}
          </Tabs.Panel>
        </Tabs>
        {wasNodeOpen && <NodeDrawer pool={pool} nodeId={nodeId} onClose={() => void setNodeId(null)} />}
      </NodeDialogs>
    </ProposeSettings>
  );
}

function PoolTools({ pool }: { pool: PoolView }) {
  const t = useTranslations("pool");
  const nodes = useTranslations("nodes.form");
  const dialogs = useNodeDialogs();
  const [isDeleting, setDeleting] = useState(false);
  return (
    <span className={classes.tools}>
      <GuardedButton needs="publisher" leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={dialogs.add}>
        {nodes("add")}
      </GuardedButton>
      <ActionMenu
        target={
          <ActionIcon aria-label={t("more", { pool: pool.name })} variant="default" size={30}>
            <IconDots size={15} aria-hidden="true" />
          </ActionIcon>
        }
      >
        <GuardedItem
          needs="publisher"
          isDangerous
          icon={<IconTrash size={15} stroke={1.7} aria-hidden="true" />}
          onClick={() => setDeleting(true)}
        >
          {t("delete.action")}
        </GuardedItem>
      </ActionMenu>
      {isDeleting && <DeletePoolDialog pool={pool} onClose={() => setDeleting(false)} />}
    </span>
  );
}
