"use client";
import { Button } from "@mantine/core";
import { IconArrowBackUp, IconArrowsDiff, IconFeather } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { Time } from "#components/data/time.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { comparisonQuery } from "#lib/client/comparison.ts";
import { CanaryOfRevision } from "./canary/canary-of-revision.tsx";
import classes from "./changes.module.css";
import { ComparisonView } from "./comparison-view.tsx";
import { Convergence } from "./convergence.tsx";
import { RevisionTitle } from "./revision-title.tsx";
import { RollBackDialog } from "./roll-back-dialog.tsx";
import { useSideNames } from "./use-side-names.ts";

type Props = {
  number: number;
  /** The revision in force, as far as it is known. */
  head: number | undefined;
  onRolledBack: () => void;
};

/** Address of the comparison of any two revisions. */
export const compareHref = (from: number, to: number): Route => `/changes?from=${from}&to=${to}` as Route;

/** One revision: who published it when and why, what it changed, and the way back to it. */
export function RevisionPanel({ number, head, onRolledBack }: Props) {
  const t = useTranslations("changes");
  const query = useQuery(comparisonQuery(undefined, number));
  const from = query.data?.from?.number ?? 0;
  const sides = useSideNames()(from, number);
  const canaries = useTranslations("canary");
  const [isTrying, setTrying] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const isOlder = head !== undefined && number < head;
  const tools = (
    <>
      <Button
        variant="default"
        component={Link}
        href={compareHref(isOlder ? number : from, isOlder ? head : number)}
        leftSection={<IconArrowsDiff size={14} aria-hidden="true" />}
      >
        {isOlder ? t("compareWithHead") : t("compare")}
      </Button>
      {isOlder && (
        <GuardedButton
          needs="publisher"
          variant="default"
          leftSection={<IconFeather size={14} aria-hidden="true" />}
          onClick={() => setTrying(true)}
        >
          {canaries("ofRevision.button")}
        </GuardedButton>
      )}
      {isOlder && (
        <GuardedButton
          needs="publisher"
          variant="default"
          leftSection={<IconArrowBackUp size={14} aria-hidden="true" />}
          onClick={() => setAsking(true)}
        >
          {t("rollBack.button")}
        </GuardedButton>
      )}
    </>
  );
  return (
    <Panel title={t("what", { number })} aside={tools}>
      <QueryView query={query}>
        {(comparison) => (
          <>
            <p className={classes.facts}>
              <span className={classes.note}>
                <RevisionTitle revision={comparison.to} /> ·{" "}
              </span>
              {comparison.to.author} · <Time at={comparison.to.publishedAt} />
              {comparison.to.canaryId !== null && (
                <>
                  {" · "}
                  <Link href={`/changes/canaries/${comparison.to.canaryId}` as Route}>
                    {canaries(`ofRevision.${comparison.to.state}`)}
                  </Link>
                </>
              )}
            </p>
            {number === head && (
              <section aria-label={t("convergence.title")}>
                <Convergence revision={number} />
              </section>
            )}
            <ComparisonView comparison={comparison} sides={sides} />
            {isTrying && head !== undefined && (
              <CanaryOfRevision number={number} head={head} onClose={() => setTrying(false)} />
            )}
            {isAsking && head !== undefined && (
              <RollBackDialog
                revision={comparison.to}
                head={head}
                onClose={() => setAsking(false)}
                onDone={() => {
                  setAsking(false);
                  onRolledBack();
                }}
              />
            )}
          </>
        )}
      </QueryView>
    </Panel>
  );
}
