"use client";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { QueryView } from "#components/data/query-view.tsx";
import { Page } from "#components/shell/page.tsx";
import { changeSetQuery } from "#lib/client/change-sets.ts";
import { Review } from "./review.tsx";

/** What one change set would change, what stands in the way, and its publish. */
export function ReviewPage({ id }: { id: string }) {
  const t = useTranslations("review");
  const shell = useTranslations("shell");
  const common = useTranslations("common");
  const query = useQuery(changeSetQuery(id));
  const name = query.data?.name;
  useDocumentTitle(`${name ?? t("title")} · ${common("product")}`);
  return (
    <Page title={name ?? "…"} parent={{ title: shell("nav.changes"), href: "/changes" }}>
      <QueryView query={query}>{(detail) => <Review key={detail.id} detail={detail} />}</QueryView>
    </Page>
  );
}
