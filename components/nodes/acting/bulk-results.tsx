"use client";
import { Button } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { useCodeText } from "#components/data/use-error-text.ts";
import { Dialog } from "#components/forms/dialog.tsx";
import { FormProblem } from "#components/forms/form-problem.tsx";
import forms from "#components/forms/forms.module.css";
import { ApiError } from "#lib/client/api.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import classes from "./bulk.module.css";
import type { Bulk, BulkKind } from "./bulk-dialog.tsx";

type Props = { kind: BulkKind; nodes: readonly NodeView[]; bulk: Bulk; onClose: () => void };

/** What came of an operation on each node, when it did not come off everywhere; what failed can be tried again by itself. */
export function BulkResults({ kind, nodes, bulk: { results, mutation }, onClose }: Props) {
  const t = useTranslations("nodes.bulk");
  const common = useTranslations("common");
  const texts = useTranslations("forms");
  const codeText = useCodeText();
  if (!results) return null;
  const nameOf = new Map(nodes.map(({ id, name }) => [id, name]));
  const isUnsafe = mutation.error instanceof ApiError && mutation.error.code === "unsafe-operation";
  // As it was asked, with the time-out and the rest; what is refused for what it leaves needs to be asked for once more.
  const again = () =>
    mutation.mutate({
      ...(mutation.variables ?? { action: kind }),
      nodeIds: failed,
      ...(isUnsafe && { override: true }),
    } as Exclude<typeof mutation.variables, undefined>);
  const failed = results.results.flatMap(({ ok, nodeId }) => (ok ? [] : [nodeId]));
  return (
    <Dialog
      onClose={onClose}
      title={t("resultTitle", { done: results.done, count: results.results.length })}
      size={480}
    >
      <div className={forms.form}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <ul className={classes.results} aria-label={t("results")} tabIndex={0}>
          {results.results.map((result) => (
            <li key={result.nodeId} className={classes.result} data-ok={result.ok}>
              {result.ok ? <IconCheck size={14} aria-hidden="true" /> : <IconX size={14} aria-hidden="true" />}
              <strong>{nameOf.get(result.nodeId) ?? result.nodeId}</strong>
              <span>{t(result.ok ? "ok" : "notOk")}</span>
              {!result.ok && (
                <span className={classes.why}>
                  {codeText(result.code, "")} {result.detail}
                </span>
              )}
            </li>
          ))}
        </ul>
        <FormProblem error={mutation.error} />
        <div className={forms.footer}>
          <Button variant="default" color={isUnsafe ? "red" : undefined} loading={mutation.isPending} onClick={again}>
            {isUnsafe ? texts("override") : t("again", { count: failed.length })}
          </Button>
          <Button onClick={onClose} data-autofocus>
            {common("close")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
