"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { QueryView } from "#components/data/query-view.tsx";
import { Page } from "#components/shell/page.tsx";
import { OfEntity } from "#components/staging/of-entity.tsx";
import { proxySettingsQuery } from "#lib/client/queries.ts";
import { PROXY_ID } from "#lib/contracts/operations.ts";
import { ProxySettingsForm } from "./proxy-settings-form.tsx";

/** Settings of the proxy as a whole: what holds before a request has a route or a pool. */
export function ProxyPage() {
  const t = useTranslations("shell");
  const query = useQuery(proxySettingsQuery);
  return (
    <Page title={t("nav.proxy")}>
      <OfEntity entityId={PROXY_ID} isWhole={false} />
      <QueryView query={query}>{(settings) => <ProxySettingsForm settings={settings} />}</QueryView>
    </Page>
  );
}
