"use client";
import { ActionIcon } from "@mantine/core";
import { IconDots, IconPencil, IconPlayerPause, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { EmptyState } from "#components/data/empty-state.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { Time } from "#components/data/time.tsx";
import { ActionMenu } from "#components/forms/action-menu.tsx";
import { GuardedItem } from "#components/forms/guarded-item.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { alertingKeys, updateWindow, windowsQuery } from "#lib/client/alerting.ts";
import type { WindowView } from "#lib/contracts/silences.ts";
import { EditablePanel } from "./editable-panel.tsx";
import { DeleteWindowDialog } from "./end-dialogs.tsx";
import { StoredMatchers } from "./matcher-fields.tsx";
import { WindowForm } from "./window-form.tsx";

const ICON = { size: 15, stroke: 1.7, "aria-hidden": true } as const;

/** Maintenance windows: when each is open next, and what it does. */
export function WindowsPanel() {
  const t = useTranslations("silences.window");
  const query = useQuery(windowsQuery);
  return (
    <EditablePanel<WindowView>
      title={t("title")}
      hint={t("hint")}
      addLabel={t("new")}
      needs="operator"
      form={(window, close) => <WindowForm window={window} onClose={close} />}
    >
      {(edit) => (
        <QueryView query={query}>
          {(windows) =>
            windows.length === 0 ? (
              <EmptyState title={t("none")} text={t("noneText")} />
            ) : (
              <WindowTable windows={windows} onEdit={edit} />
            )
          }
        </QueryView>
      )}
    </EditablePanel>
  );
}

function WindowTable({ windows, onEdit }: { windows: readonly WindowView[]; onEdit: (window: WindowView) => void }) {
  const t = useTranslations("silences.window");
  const shared = useTranslations("silences.columns");
  const columns = [
    { key: "name", label: t("name") },
    { key: "mode", label: t("mode") },
    { key: "matches", label: shared("matches") },
    { key: "next", label: t("next") },
    { key: "actions", label: shared("actions"), isNumber: true },
  ];
  return (
    <DataTable label={t("title")} columns={columns}>
      {windows.map((window) => (
        <tr key={window.id} data-window={window.name}>
          <td>
            <b>{window.name}</b>
          </td>
          <td>{window.mode && t(`modes.${window.mode}`)}</td>
          <td>
            <StoredMatchers of={window} />
          </td>
          <td>
            <Next window={window} />
          </td>
          <td className={tableClasses.number}>
            <Actions window={window} onEdit={() => onEdit(window)} />
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

function Next({ window: { enabled, isOpen, nextStartsAt, nextEndsAt } }: { window: WindowView }) {
  const t = useTranslations("silences.window");
  if (!enabled) return <span className={tableClasses.mute}>{t("off")}</span>;
  if (isOpen && nextEndsAt)
    return (
      <>
        <b>{t("open")}</b> <Time at={nextEndsAt} />
      </>
    );
  return nextStartsAt ? <Time at={nextStartsAt} /> : null;
}

function Actions({ window, onEdit }: { window: WindowView; onEdit: () => void }) {
  const t = useTranslations("silences.window");
  const notify = useNotify();
  const client = useQueryClient();
  const onSuccess = () => void client.invalidateQueries({ queryKey: alertingKeys.windows });
  const onError = (error: unknown) => notify.failed(window.name, error);
  const toggle = useMutation({
    mutationFn: () => updateWindow(window.id, { enabled: !window.enabled }),
    onSuccess,
    onError,
  });
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <ActionMenu
        width={180}
        target={
          <ActionIcon aria-label={t("actionsOf", { name: window.name })}>
            <IconDots {...ICON} />
          </ActionIcon>
        }
      >
        {window.unreadable === null && (
          <GuardedItem needs="operator" icon={<IconPencil {...ICON} />} onClick={onEdit}>
            {t("change")}
          </GuardedItem>
        )}
        <GuardedItem
          needs="operator"
          icon={window.enabled ? <IconPlayerPause {...ICON} /> : <IconPlayerPlay {...ICON} />}
          onClick={() => toggle.mutate()}
        >
          {t(window.enabled ? "disable" : "enable")}
        </GuardedItem>
        <GuardedItem needs="operator" icon={<IconTrash {...ICON} />} isDangerous onClick={() => setAsked(true)}>
          {t("delete")}
        </GuardedItem>
      </ActionMenu>
      {isAsked && <DeleteWindowDialog of={window} onClose={() => setAsked(false)} />}
    </>
  );
}
