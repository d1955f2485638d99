"use client";
import { IconAlertCircle, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { isAuditAction } from "#components/audit/audit-actions.ts";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { useDescribe } from "#components/forms/use-describe.ts";
import { useNotify } from "#components/forms/use-notify.ts";
import { changeSetKeys, unstage } from "#lib/client/change-sets.ts";
import type { ChangeSetDetail, OperationView } from "#lib/contracts/change-sets.ts";
import { entityHref } from "./entity-href.ts";
import classes from "./review.module.css";

/** Every single edit, whose it is, what is wrong with it, and the way out of the change set. */
export function EditList({ detail }: { detail: ChangeSetDetail }) {
  const t = useTranslations("review.edit");
  const isOpen = detail.state === "open";
  const columns = [
    { key: "what", label: t("what") },
    { key: "name", label: t("name") },
    { key: "by", label: t("by") },
    { key: "when", label: t("when"), isNumber: true },
    ...(isOpen ? [{ key: "remove", label: t("remove"), isNumber: true }] : []),
  ];
  return (
    <Panel flush title={t("title")} hint={t("hint")}>
      <DataTable label={t("title")} columns={columns}>
        {detail.operations.map((operation) => (
          <EditRow key={operation.id} detail={detail} operation={operation} isOpen={isOpen} />
        ))}
      </DataTable>
    </Panel>
  );
}

type RowProps = { detail: ChangeSetDetail; operation: OperationView; isOpen: boolean };

function EditRow({ detail, operation, isOpen }: RowProps) {
  const t = useTranslations("review.edit");
  const audit = useTranslations("audit.action");
  const client = useQueryClient();
  const notify = useNotify();
  const { name, by, at, faults } = operation;
  const { op } = operation.operation;
  const action = isAuditAction(op) ? audit(op) : op;
  const href = entityHref(operation, detail);
  const remove = useMutation({
    mutationFn: () => unstage(detail.id, operation.id),
    onError: (error) => notify.failed(t("removeOf", { action, name }), error),
    onSettled: () => client.invalidateQueries({ queryKey: changeSetKeys.all }),
  });
  return (
    <tr data-edit={op} data-name={name}>
      <td>{action}</td>
      <td className={tableClasses.wrap}>
        {href ? (
          <Link href={href} className={tableClasses.name}>
            {name}
          </Link>
        ) : (
          <strong>{name}</strong>
        )}
        {faults.length > 0 && <Faults faults={faults} />}
      </td>
      <td className={tableClasses.mute}>{by}</td>
      <td className={tableClasses.number}>
        <RelativeTime at={at} />
      </td>
      {isOpen && (
        <td className={tableClasses.number}>
          <GuardedButton
            needs="publisher"
            variant="default"
            size="compact-xs"
            leftSection={<IconTrash size={13} aria-hidden="true" />}
            loading={remove.isPending}
            aria-label={t("removeOf", { action, name })}
            onClick={() => remove.mutate()}
          >
            {t("removeButton")}
          </GuardedButton>
        </td>
      )}
    </tr>
  );
}

function Faults({ faults }: { faults: OperationView["faults"] }) {
  const describe = useDescribe();
  return (
    <ul className={classes.faults}>
      {faults.map((fault) => (
        <li key={`${fault.path.join(".")} ${fault.code}`}>
          <IconAlertCircle size={13} aria-hidden="true" />
          <span>
            {fault.path.length > 0 && <code>{fault.path.join(".")}</code>} {describe(fault)}
          </span>
        </li>
      ))}
    </ul>
  );
}
