"use client";
import { ActionIcon, Button, NumberInput } from "@mantine/core";
import { IconArrowBackUp, IconArrowsExchange, IconChevronLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsInteger, useQueryStates } from "nuqs";
import { useState } from "react";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { Time } from "#components/data/time.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { comparisonQuery } from "#lib/client/comparison.ts";
import { healthQuery } from "#lib/client/queries.ts";
import type { RevisionSummary } from "#lib/contracts/views.ts";
import classes from "./changes.module.css";
import { ComparisonView } from "./comparison-view.tsx";
import { RevisionTitle } from "./revision-title.tsx";
import { RollBackDialog } from "./roll-back-dialog.tsx";
import { useSideNames } from "./use-side-names.ts";

type Props = { from: number; to: number };

/** Any two revisions, told apart; which ones stands in the address. */
export function ComparePanel({ from, to }: Props) {
  const t = useTranslations("changes");
  const [, setSides] = useQueryStates({ from: parseAsInteger, to: parseAsInteger, revision: parseAsInteger });
  const query = useQuery(comparisonQuery(from, to));
  const head = useQuery(healthQuery).data?.revision ?? undefined;
  const sides = useSideNames()(from, to);
  const [target, setTarget] = useState<RevisionSummary | null>(null);
  const set = (next: Props) => void setSides({ ...next, revision: null }, { history: "push" });
  return (
    <>
      <div className={classes.compareBar}>
        <Button
          variant="default"
          component={Link}
          href="/changes"
          leftSection={<IconChevronLeft size={14} aria-hidden="true" />}
        >
          {t("allRevisions")}
        </Button>
        <RevisionChoice
          label={t("compareFrom")}
          value={from}
          least={0}
          most={head}
          onChoose={(n) => set({ from: n, to })}
        />
        <ActionIcon
          variant="default"
          size={30}
          aria-label={t("swap")}
          disabled={from === 0}
          onClick={() => set({ from: to, to: from })}
        >
          <IconArrowsExchange size={15} aria-hidden="true" />
        </ActionIcon>
        <RevisionChoice
          label={t("compareTo")}
          value={to}
          least={1}
          most={head}
          onChoose={(n) => set({ from, to: n })}
        />
      </div>
      <Panel title={t("comparison", sides)}>
        <QueryView query={query}>
          {(comparison) => (
            <>
              <div className={classes.sides}>
                <Side name={sides.before} revision={comparison.from} head={head} onRollBack={setTarget} />
                <Side name={sides.after} revision={comparison.to} head={head} onRollBack={setTarget} />
              </div>
              <ComparisonView comparison={comparison} sides={sides} />
            </>
          )}
        </QueryView>
      </Panel>
      {target && head !== undefined && (
        <RollBackDialog
          revision={target}
          head={head}
          onClose={() => setTarget(null)}
          onDone={() => void setSides({ from: null, to: null, revision: null })}
        />
      )}
    </>
  );
}

type SideProps = {
  name: string;
  revision: RevisionSummary | null;
  head: number | undefined;
  onRollBack: (revision: RevisionSummary) => void;
};

function Side({ name, revision, head, onRollBack }: SideProps) {
  const t = useTranslations("changes");
  return (
    <div className={classes.side}>
      <p>
        <strong>{name}</strong> {revision?.number === head && <span className={classes.current}>{t("current")}</span>}
      </p>
      {revision && (
        <p className={classes.facts}>
          <span className={classes.note}>
            <RevisionTitle revision={revision} />
          </span>{" "}
          · {revision.author} · <Time at={revision.publishedAt} />
        </p>
      )}
      {revision && head !== undefined && revision.number < head && (
        <GuardedButton
          needs="publisher"
          variant="default"
          leftSection={<IconArrowBackUp size={14} aria-hidden="true" />}
          onClick={() => onRollBack(revision)}
        >
          {t("rollBack.button")}
        </GuardedButton>
      )}
    </div>
  );
}

type ChoiceProps = {
  label: string;
  value: number;
  least: number;
  most: number | undefined;
  onChoose: (n: number) => void;
};

/** A revision by its number; it is taken when the person leaves the field or presses Enter. */
function RevisionChoice({ label, value, least, most, onChoose }: ChoiceProps) {
  const [typed, setTyped] = useState<number | string>(value);
  const isKnown = typeof typed === "number" && typed >= least && (most === undefined || typed <= most);
  const take = () => {
    if (isKnown && typed !== value) onChoose(typed);
    else if (!isKnown) setTyped(value);
  };
  return (
    <NumberInput
      size="xs"
      className={classes.choice}
      aria-label={label}
      leftSection={<span className={classes.choiceLabel}>{label}</span>}
      leftSectionWidth={64}
      value={typed}
      min={least}
      max={most}
      allowDecimal={false}
      allowNegative={false}
      onChange={setTyped}
      onBlur={take}
      onKeyDown={(event) => event.key === "Enter" && take()}
    />
  );
}
