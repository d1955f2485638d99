"use client";
import { Switch, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ApiFormModal } from "#components/forms/api-form-modal.tsx";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import { PemInput } from "#components/forms/pem-input.tsx";
import { type ApiForm, useApiForm } from "#components/forms/use-api-form.ts";
import { useNotify } from "#components/forms/use-notify.ts";
import { createCertificate, updateCertificate } from "#lib/client/mutations.ts";
import { keys } from "#lib/client/queries.ts";
import { CertificateInput, CertificatePatch, type CertificateView } from "#lib/contracts/certificates.ts";
import { type CertificateValues, certificateInput, certificateValues, isPairFault } from "./certificate-values.ts";

type Props = { certificate?: CertificateView; isFirst?: boolean; onClose: () => void };

export function CertificateForm({ certificate, isFirst = false, onClose }: Props) {
  const t = useTranslations("certificates");
  const notify = useNotify();
  const client = useQueryClient();
  const api = useApiForm<CertificateValues, typeof CertificateInput | typeof CertificatePatch, CertificateView>({
    initial: certificateValues(certificate, isFirst),
    schema: certificate ? CertificatePatch : CertificateInput,
    toInput: (values) => certificateInput(values, certificate),
    words: (fault, describe) => (isPairFault(fault.code) ? t(`fault.${fault.code}`) : describe(fault)),
    send: (input) => (certificate ? updateCertificate(certificate.id, input) : createCertificate(input)),
    onDone: ({ name }) => {
      void client.invalidateQueries({ queryKey: keys.certificates });
      notify.done(t("form.done", { name }));
      onClose();
    },
  });
  return (
    <ApiFormModal
      title={certificate ? t("form.edit", { name: certificate.name }) : t("form.new")}
      api={api}
      size={640}
      note={t("form.immediate")}
      submitLabel={certificate ? t("form.save") : t("form.create")}
      onClose={onClose}
    >
      <Fields form={api.form} isPresent={certificate !== undefined} />
    </ApiFormModal>
  );
}

function Fields({ form, isPresent }: Pick<ApiForm<CertificateValues>, "form"> & { isPresent: boolean }) {
  const t = useTranslations("certificates.form");
  const keep = isPresent ? ` ${t("keep")}` : "";
  return (
    <>
      <TextInput
        label={t("name")}
        inputWrapperOrder={HELP_BELOW}
        description={t("nameHelp")}
        data-autofocus
        {...form.getInputProps("name")}
      />
      <PemInput
        label={t("chain")}
        description={t("chainHelp") + keep}
        placeholder="-----BEGIN CERTIFICATE-----"
        {...form.getInputProps("chain")}
      />
      <PemInput
        label={t("privateKey")}
        description={t("privateKeyHelp") + keep}
        placeholder="-----BEGIN PRIVATE KEY-----"
        {...form.getInputProps("privateKey")}
      />
      <Switch
        label={t("isDefault")}
        description={t("isDefaultHelp")}
        {...form.getInputProps("isDefault", { type: "checkbox" })}
      />
    </>
  );
}
