"use client";
import { Button, CopyButton, TextInput } from "@mantine/core";
import { useTranslations } from "next-intl";
import { Dialog } from "#components/forms/dialog.tsx";
import classes from "#components/forms/forms.module.css";

type Props = { title: string; text: string; label: string; value: string; onClose: () => void };

/** Shows a secret, once. Closed only on purpose: it cannot be shown again. */
export function SecretDialog({ title, text, label, value, onClose }: Props) {
  const t = useTranslations("settings");
  const common = useTranslations("common");
  return (
    <Dialog
      onClose={onClose}
      title={title}
      size={520}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <div className={classes.form}>
        <p className={classes.lead}>{text}</p>
        <TextInput
          label={label}
          value={value}
          readOnly
          data-autofocus
          onFocus={(event) => event.currentTarget.select()}
        />
        <div className={classes.footer}>
          <CopyButton value={value}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? common("copied") : common("copy")}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>{t("copied")}</Button>
        </div>
      </div>
    </Dialog>
  );
}
