"use client";
import { IconArrowsSplit } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useFieldWords } from "#components/diff/use-field-words.ts";
import { FormProblem } from "#components/forms/form-problem.tsx";
import { GuardedButton } from "#components/forms/guarded.tsx";
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
  return (
    <li className={classes.conflict} data-conflict={path || what} data-name={name}>
      <h3 className={classes.conflictName}>
        <strong>{name}</strong> · {field}
      </h3>
      <dl className={classes.threeWays}>
        <div className={classes.way}>
          <dt>{t("base")}</dt>
          <dd>
            <ConflictValue kind={kind} path={path} value={conflict.base} words={words} />
          </dd>
        </div>
        <div className={classes.way} data-side="theirs">
          <dt>
            {t("theirs")} <span className={classes.by}>{published}</span>
          </dt>
          <dd>
            <ConflictValue kind={kind} path={path} value={conflict.theirs} words={words} />
          </dd>
          <dd>
            <GuardedButton
              needs="publisher"
              variant="default"
              disabled={isPending}
              aria-label={t("takeTheirsOf", of)}
              onClick={() => onTake("theirs")}
            >
              {t("takeTheirs")}
            </GuardedButton>
          </dd>
        </div>
        <div className={classes.way} data-side="mine">
          <dt>{t("mine")}</dt>
          <dd>
            <ConflictValue kind={kind} path={path} value={conflict.mine} words={words} />
          </dd>
          <dd>
            <GuardedButton
              needs="publisher"
              variant="default"
              disabled={isPending}
              aria-label={t("takeMineOf", of)}
              onClick={() => onTake("mine")}
            >
              {t("takeMine")}
            </GuardedButton>
          </dd>
        </div>
      </dl>
    </li>
  );
}
