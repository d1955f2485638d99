"use client";
import { useTranslations } from "next-intl";
import { parseAsInteger, useQueryState } from "nuqs";
import { Page } from "#components/shell/page.tsx";
import { ComparePanel } from "./compare-panel.tsx";
import { Revisions } from "./revisions.tsx";

/** Every revision that was published, and what each changed; `?from=&to=` compares any two. */
export function ChangesPage() {
  const shell = useTranslations("shell");
  const [from] = useQueryState("from", parseAsInteger);
  const [to] = useQueryState("to", parseAsInteger);
  return (
    <Page title={shell("nav.changes")}>
      {from !== null && to !== null ? <ComparePanel key={`${from} ${to}`} from={from} to={to} /> : <Revisions />}
    </Page>
  );
}
