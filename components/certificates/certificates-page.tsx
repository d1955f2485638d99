"use client";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { Page } from "#components/shell/page.tsx";
import { certificatesQuery } from "#lib/client/certificates.ts";
import type { CertificateView } from "#lib/contracts/certificates.ts";
import { CertificateForm } from "./certificate-form.tsx";
import { CertificateTable } from "./certificate-table.tsx";
import { DeleteCertificateDialog } from "./delete-certificate-dialog.tsx";

type Open = { kind: "new" } | { kind: "edit" | "delete"; certificate: CertificateView };

/** Certificates of the TLS listener. A change is in use at once, and part of no revision. */
export function CertificatesPage() {
  const t = useTranslations("certificates");
  const query = useQuery(certificatesQuery);
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const add = (
    <GuardedButton
      needs="publisher"
      leftSection={<IconPlus size={14} aria-hidden="true" />}
      onClick={() => setOpen({ kind: "new" })}
    >
      {t("new")}
    </GuardedButton>
  );
  return (
    <Page title={t("title")}>
      <Panel flush title={t("title")} hint={t("hint")} aside={add}>
        <QueryView query={query}>
          {(certificates) =>
            certificates.length === 0 ? (
              <EmptyState title={t("empty.title")} text={t("empty.text")} />
            ) : (
              <CertificateTable
                certificates={certificates}
                onEdit={(certificate) => setOpen({ kind: "edit", certificate })}
                onDelete={(certificate) => setOpen({ kind: "delete", certificate })}
              />
            )
          }
        </QueryView>
      </Panel>
      {open?.kind === "new" && <CertificateForm isFirst={query.data?.length === 0} onClose={close} />}
      {open?.kind === "edit" && <CertificateForm certificate={open.certificate} onClose={close} />}
      {open?.kind === "delete" && <DeleteCertificateDialog certificate={open.certificate} onClose={close} />}
    </Page>
  );
}
