"use client";
import { IconArrowsSplit } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useFieldWords } from "#components/diff/use-field-words.ts";
import { FormProblem } from "#components/forms/form-problem.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { changeSetKeys, resolveConflicts } from "#lib/client/change-sets.ts";
import type { ChangeSetDetail } from "#lib/contracts/change-sets.ts";
import type { Conflict } from "#lib/contracts/publishing.ts";
import { ConflictValue } from "./conflict-value.tsx";
import classes from "./review.module.css";

type Take = "mine" | "theirs";

/** What others published of the very fields that this change set changes: both sides, until one is taken. */
export function Conflicts({ detail }: { detail: ChangeSetDetail }) {
  const t = useTranslations("review.conflict");
  const client = useQueryClient();
  const resolve = useMutation({
    mutationFn: ({ conflicts, take }: { conflicts: readonly Conflict[]; take: Take }) =>
      resolveConflicts(
        detail.id,
        conflicts.map(({ id }) => ({ conflict: id, take })),
      ),
    // Whatever came of it: theirs may have changed again, which is another conflict.
    onSettled: () => client.invalidateQueries({ queryKey: changeSetKeys.all }),
  });
  const { conflicts } = detail;
  if (conflicts.length === 0) return null;
  return (
    <section className={classes.conflicts} aria-label={t("title", { count: conflicts.length })}>
      <div className={classes.conflictHead}>
        <h2 className={classes.conflictTitle}>
          <IconArrowsSplit size={16} aria-hidden="true" /> {t("title", { count: conflicts.length })}
        </h2>
        {conflicts.length > 1 && (
          <span className={classes.buttons}>
            <GuardedButton
              needs="publisher"
              variant="default"
              loading={resolve.isPending}
              onClick={() => resolve.mutate({ conflicts, take: "mine" })}
            >
              {t("allMine")}
            </GuardedButton>
            <GuardedButton
              needs="publisher"
              variant="default"
              loading={resolve.isPending}
              onClick={() => resolve.mutate({ conflicts, take: "theirs" })}
            >
              {t("allTheirs")}
            </GuardedButton>
          </span>
        )}
      </div>
      <p className={classes.conflictLead}>{t("lead")}</p>
      <ul className={classes.plain}>
        {conflicts.map((conflict) => (
          <OneConflict
            key={conflict.id}
            conflict={conflict}
            isPending={resolve.isPending}
            onTake={(take) => resolve.mutate({ conflicts: [conflict], take })}
          />
        ))}
      </ul>
      <FormProblem error={resolve.error} />
    </section>
  );
}

type OneProps = { conflict: Conflict; isPending: boolean; onTake: (take: Take) => void };

function OneConflict({ conflict, isPending, onTake }: OneProps) {
  const t = useTranslations("review.conflict");
  const words = useFieldWords();
  const { kind, name, what, path, by } = conflict;
  const field = path === "" ? t(`what.${what as "removed-by-me"}`) : words.label(kind, path);
  const of = { name, field };
  const published = by
    ? by.revision === null
      ? t("byAuthor", { author: by.author })
      : t("byRevision", { author: by.author, number: by.revision })
    : t("byOthers");
  const told = (value: unknown) => ({ kind, path, value, words });
  const take = (side: Take) => ({ isPending, onClick: () => onTake(side) });
  return (
    <li className={classes.conflict} data-conflict={path || what} data-name={name}>
      <h3 className={classes.conflictName}>
        <strong>{name}</strong> · {field}
      </h3>
      <dl className={classes.threeWays}>
        <Way title={t("base")} {...told(conflict.base)} />
        <Way title={t("theirs")} side="theirs" by={published} {...told(conflict.theirs)}>
          <TakeButton {...take("theirs")} label={t("takeTheirsOf", of)}>
            {t("takeTheirs")}
          </TakeButton>
        </Way>
        <Way title={t("mine")} side="mine" {...told(conflict.mine)}>
          <TakeButton {...take("mine")} label={t("takeMineOf", of)}>
            {t("takeMine")}
          </TakeButton>
        </Way>
      </dl>
    </li>
  );
}

type WayProps = React.ComponentProps<typeof ConflictValue> & {
  title: string;
  side?: Take;
  by?: string;
  children?: React.ReactNode;
};

/** One of the three values that a field has: before either, theirs, mine. */
function Way({ title, side, by, children, ...value }: WayProps) {
  return (
    <div className={classes.way} data-side={side}>
      <dt>
        {title} {by !== undefined && <span className={classes.by}>{by}</span>}
      </dt>
      <dd>
        <ConflictValue {...value} />
      </dd>
      {children !== undefined && <dd>{children}</dd>}
    </div>
  );
}

type TakeProps = { isPending: boolean; label: string; onClick: () => void; children: React.ReactNode };

const TakeButton = ({ isPending, label, onClick, children }: TakeProps) => (
  <GuardedButton needs="publisher" variant="default" disabled={isPending} aria-label={label} onClick={onClick}>
    {children}
  </GuardedButton>
);
