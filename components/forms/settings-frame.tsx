"use client";
import { Accordion, Button } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { Panel } from "#components/data/panel.tsx";
import { Term, type TermName } from "#components/data/term.tsx";
import { StagedNotice } from "#components/staging/staged-notice.tsx";
import { useActiveChangeSet } from "#components/staging/use-change-set.ts";
import { changedPaths } from "#lib/client/forms.ts";
import { valueAt } from "#lib/client/value-at.ts";
import { CanaryNotice, useIsHeldByCanary } from "./canary-notice.tsx";
import { FormProblem } from "./form-problem.tsx";
import forms from "./forms.module.css";
import { GuardedButton } from "./guarded-button.tsx";
import classes from "./settings-frame.module.css";
import { StaleNotice } from "./stale-notice.tsx";
import { useRefusal } from "./use-refusal.ts";
import type { Settings } from "./use-settings.ts";

export type SettingsGroup = {
  name: string;
  title: string;
  help: string;
  paths: readonly string[];
  term?: TermName | undefined;
};
type Shown = {
  /** A setting by its path, as people know it. */
  labelOf: (path: string) => string;
  /** Its value in words. */
  text: (path: string, value: unknown) => string;
};
type Props<V extends Record<string, unknown>> = Shown & {
  settings: Settings<V>;
  /** What is edited, as revisions name it. */
  entityId: string;
  groups: readonly SettingsGroup[];
  openAtFirst: readonly string[];
  /** Paths whose groups unfold when they come. */
  reveal?: readonly string[];
  draw: (path: string, disabled: boolean) => React.ReactNode;
  /** What is to be seen of the whole before it is saved. */
  below?: React.ReactNode;
};

/** Settings in groups that fold, and below them what saving would change. */
export function SettingsFrame<V extends Record<string, unknown>>(props: Props<V>) {
  const { settings, entityId, groups, openAtFirst, draw, labelOf, text } = props;
  const t = useTranslations("pool.settings");
  const refusal = useRefusal("publisher");
  const { staleSince, isSaving, takeNewest } = settings;
  const changeSet = useActiveChangeSet();
  const isHeld = useIsHeldByCanary();
  return (
    <form onSubmit={settings.submit} noValidate className={classes.form}>
      <CanaryNotice />
      <StagedNotice entityId={entityId} />
      <Groups
        groups={groups}
        openAtFirst={openAtFirst}
        seek={[...Object.keys(settings.form.errors), ...(props.reveal ?? [])].join()}
        draw={(path) => draw(path, refusal !== undefined)}
      />
      {props.below}
      <FormProblem error={settings.problem} />
      {staleSince !== null && (
        <StaleNotice base={staleSince} entityId={entityId} onTakeNewest={takeNewest} onKeep={settings.publishOver} />
      )}
      {refusal !== undefined && <p className={forms.note}>{refusal}</p>}
      {settings.isChanged && (
        <div className={classes.bar} role="status">
          <Differences before={settings.before} patch={settings.patch} labelOf={labelOf} text={text} />
          <Button variant="default" onClick={takeNewest} disabled={isSaving}>
            {t("discard")}
          </Button>
          <GuardedButton needs="publisher" type="submit" loading={isSaving} disabled={staleSince !== null || isHeld}>
            {t(changeSet ? "stage" : "save")}
          </GuardedButton>
        </div>
      )}
    </form>
  );
}

type GroupsProps = Pick<Props<never>, "groups" | "openAtFirst"> & {
  /** Paths of the fields with a fault, and of those to be seen, joined by commas. */
  seek: string;
  draw: (path: string) => React.ReactNode;
};

function Groups({ groups, openAtFirst, seek, draw }: GroupsProps) {
  const [open, setOpen] = useState<string[]>([...openAtFirst]);
  // A fault in a closed group must be seen.
  const [sought, setSought] = useState("");
  useEffect(() => {
    if (seek === sought) return;
    setSought(seek);
    const hidden = groups.filter(({ paths }) => paths.some((path) => seek.split(",").includes(path)));
    if (hidden.length > 0) setOpen((now) => [...new Set([...now, ...hidden.map(({ name }) => name)])]);
  }, [seek, sought, groups]);
  return (
    <Panel flush>
      <Accordion multiple value={open} onChange={setOpen} variant="default" order={2} classNames={classes}>
        {groups.map(({ name, title, help, paths, term }) => (
          <Accordion.Item key={name} value={name}>
            <div className={classes.head} data-explained={term && true}>
              <Accordion.Control>
                <span className={classes.title}>{title}</span> <span className={classes.hint}>{help}</span>
              </Accordion.Control>
              {term && <Term name={term} />}
            </div>
            <Accordion.Panel>
              <div className={forms.grid}>{paths.map(draw)}</div>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Panel>
  );
}

/** What saving would publish: each setting before and after. */
function Differences({
  before,
  patch,
  labelOf,
  text,
}: Shown & { before: Record<string, unknown>; patch: Record<string, unknown> }) {
  const t = useTranslations("pool.settings");
  const paths = changedPaths(patch);
  return (
    <div className={classes.differences}>
      <strong>{t("changed", { count: paths.length })}</strong>
      <ul>
        {paths.map((path) => (
          <li key={path}>
            {t("change", {
              label: labelOf(path),
              before: text(path, valueAt(before, path)),
              after: text(path, valueAt(patch, path)),
            })}
          </li>
        ))}
      </ul>
    </div>
  );
}
