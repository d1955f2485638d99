"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ActDialog } from "#components/forms/act-dialog.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { deleteCertificate } from "#lib/client/mutations.ts";
import { keys } from "#lib/client/queries.ts";
import type { CertificateView } from "#lib/contracts/certificates.ts";

type Props = { certificate: CertificateView; onClose: () => void };

/** No roll-back brings a certificate back: its name is typed first. */
export function DeleteCertificateDialog({ certificate: { id, name, names }, onClose }: Props) {
  const t = useTranslations("certificates.delete");
  const client = useQueryClient();
  const notify = useNotify();
  return (
    <ActDialog
      title={t("title", { name })}
      lead={t("lead")}
      consequences={names.length > 0 ? [{ label: t("names"), value: names.join(", "), tone: "warn" }] : []}
      typedName={name}
      confirmLabel={t("button")}
      isDangerous
      run={() => deleteCertificate(id)}
      onDone={() => {
        void client.invalidateQueries({ queryKey: keys.certificates });
        notify.done(t("done", { name }));
      }}
      onClose={onClose}
    />
  );
}
