"use client";
import { Tabs } from "@mantine/core";
import { useTranslations } from "next-intl";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import toolbar from "#components/data/toolbar.module.css";
import { Page } from "#components/shell/page.tsx";
import { AccountTab } from "./account/account-tab.tsx";
import { PeopleTab } from "./people/people-tab.tsx";
import { RetentionTab } from "./retention/retention-tab.tsx";
import { TokensPanel } from "./tokens/tokens-panel.tsx";

const TABS = ["people", "tokens", "retention", "account"] as const;
type Tab = (typeof TABS)[number];
const CONTENT: Record<Tab, () => React.ReactNode> = {
  people: PeopleTab,
  tokens: TokensPanel,
  retention: RetentionTab,
  account: AccountTab,
};

/** Who may get in. The tab is in the address. */
export function SettingsPage() {
  const t = useTranslations("settings");
  const shell = useTranslations("shell");
  const [tab, setTab] = useQueryState("tab", parseAsStringLiteral(TABS).withDefault("people"));
  return (
    <Page title={shell("nav.settings")}>
      <Tabs keepMounted={false} value={tab} onChange={(value) => void setTab(value as Tab)}>
        <Tabs.List>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map((name) => {
          const Content = CONTENT[name];
          return (
            <Tabs.Panel key={name} value={name} pt="sm" className={toolbar.stack}>
              <Content />
            </Tabs.Panel>
          );
        })}
      </Tabs>
    </Page>
  );
}
