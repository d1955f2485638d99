"use client";
import { Button, Modal, Switch, TextInput } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import { FormProblem } from "#components/forms/form-problem.tsx";
import classes from "#components/forms/forms.module.css";
import { PemInput } from "#components/forms/pem-input.tsx";
import { useDescribe } from "#components/forms/use-describe.ts";
import { useNotify } from "#components/forms/use-notify.ts";
import { ApiError } from "#lib/client/api.ts";
import { type FieldFault, fieldErrors } from "#lib/client/forms.ts";
import { createCertificate, updateCertificate } from "#lib/client/mutations.ts";
import { keys } from "#lib/client/queries.ts";
import type { CertificateView } from "#lib/contracts/certificates.ts";
import {
  type CertificateValues,
  certificateFaults,
  certificateInput,
  certificateValues,
  isPairFault,
} from "./certificate-values.ts";

type Props = { certificate?: CertificateView; isFirst?: boolean; onClose: () => void };

/** The form's state: validated by the API's contract here, and by the API again, which alone reads the pair. */
function useCertificateForm({ certificate, isFirst = false, onClose }: Props) {
  const t = useTranslations("certificates");
  const describe = useDescribe();
  const notify = useNotify();
  const client = useQueryClient();
  const words = (fault: FieldFault) => (isPairFault(fault.code) ? t(`fault.${fault.code}`) : describe(fault));
  const form = useForm<CertificateValues>({
    initialValues: certificateValues(certificate, isFirst),
    validate: (values) => fieldErrors(certificateFaults(values, certificate), words),
  });
  const mutation = useMutation({
    mutationFn: (values: CertificateValues) => {
      const input = certificateInput(values, certificate);
      return certificate ? updateCertificate(certificate.id, input) : createCertificate(input);
    },
    onSuccess: ({ name }) => {
      void client.invalidateQueries({ queryKey: keys.certificates });
      notify.done(t("form.done", { name }));
      onClose();
    },
    onError: (error) => {
      if (error instanceof ApiError) form.setErrors(fieldErrors(error.faults, words));
    },
  });
  // What has a field of its own is told there.
  const hasFields = mutation.error instanceof ApiError && mutation.error.faults.some(({ path }) => path.length > 0);
  return { form, mutation, problem: hasFields ? null : mutation.error };
}

export function CertificateForm(props: Props) {
  const t = useTranslations("certificates.form");
  const common = useTranslations("common");
  const { form, mutation, problem } = useCertificateForm(props);
  const { certificate, onClose } = props;
  return (
    <Modal
      opened
      onClose={onClose}
      title={certificate ? t("edit", { name: certificate.name }) : t("new")}
      size={640}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      <form className={classes.form} onSubmit={form.onSubmit((values) => mutation.mutate(values))} noValidate>
        <Fields form={form} isPresent={certificate !== undefined} />
        <FormProblem error={problem} />
        <div className={classes.footer}>
          <span className={classes.note}>{t("immediate")}</span>
          <Button variant="default" onClick={onClose} disabled={mutation.isPending}>
            {common("cancel")}
          </Button>
          <Button type="submit" loading={mutation.isPending}>
            {certificate ? t("save") : t("create")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Fields({ form, isPresent }: { form: UseFormReturnType<CertificateValues>; isPresent: boolean }) {
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
