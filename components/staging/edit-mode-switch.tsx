"use client";
import { Button } from "@mantine/core";
import { IconBolt, IconClockEdit, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { LazyMenu } from "#components/forms/lazy-menu.tsx";
import { LazyTooltip } from "#components/forms/lazy-tooltip.tsx";
import { useRefusal } from "#components/forms/use-refusal.ts";
import { openChangeSetsQuery } from "#lib/client/change-sets.ts";
import { patiently } from "#lib/client/patiently.ts";
import classes from "./staging.module.css";
import { useActiveChangeSet, useChooseChangeSet } from "./use-change-set.ts";

/** A form, and all that forms need: loaded when it is asked for. */
const ChangeSetNameDialog = dynamic(
  patiently(() => import("./change-set-name-dialog.tsx").then((module) => module.ChangeSetNameDialog)),
);

const AT_ONCE = "at-once";

/** Where edits of configuration go: published at once, or collected in a change set; remembered for each person. */
export function EditModeSwitch() {
  const t = useTranslations("staging");
  const refusal = useRefusal("publisher");
  const active = useActiveChangeSet();
  const choose = useChooseChangeSet();
  const [isNaming, setNaming] = useState(false);
  const { data: sets = [] } = useQuery({ ...openChangeSetsQuery, enabled: refusal === undefined });
  const Icon = active ? IconClockEdit : IconBolt;
  const face = (
    <>
      <span className={classes.hidden}>{t("mode.label")}: </span>
      <Icon size={14} stroke={1.7} aria-hidden="true" />
      <span className={classes.modeText}>{active ? active.name : t("mode.atOnce")}</span>
    </>
  );
  if (refusal !== undefined)
    return (
      <LazyTooltip label={refusal}>
        <Button
          variant="default"
          className={classes.mode}
          data-disabled
          aria-disabled="true"
          onClick={(event) => event.preventDefault()}
        >
          {face}
        </Button>
      </LazyTooltip>
    );
  return (
    <>
      <LazyMenu
        position="bottom-end"
        width={280}
        target={
          <Button variant="default" className={classes.mode} data-active={active ? true : undefined}>
            {face}
          </Button>
        }
      >
        {(Menu) => (
          <>
            <Menu.Label>{t("mode.label")}</Menu.Label>
            <Menu.RadioGroup
              value={active?.id ?? AT_ONCE}
              onChange={(value) => choose(value === AT_ONCE ? null : String(value))}
            >
              <Menu.RadioItem value={AT_ONCE} closeMenuOnClick>
                {t("mode.atOnce")}
              </Menu.RadioItem>
              {sets.map((set) => (
                <Menu.RadioItem key={set.id} value={set.id} closeMenuOnClick>
                  {t("mode.collect", { name: set.name })}
                  <span className={classes.modeHint}>
                    {t("mode.of", { author: set.author, count: set.operationCount })}
                  </span>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.Divider />
            <Menu.Item leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={() => setNaming(true)}>
              {t("mode.new")}
            </Menu.Item>
            <p className={classes.modeNote}>{t("mode.note")}</p>
          </>
        )}
      </LazyMenu>
      {isNaming && <ChangeSetNameDialog onClose={() => setNaming(false)} />}
    </>
  );
}
