"use client";
import { Button, CopyButton, Modal, TextInput } from "@mantine/core";
import { useTranslations } from "next-intl";
import classes from "#components/forms/forms.module.css";
import type { NewToken } from "#lib/contracts/access.ts";

/** Shows a new token's secret, once. Closed only on purpose: it cannot be shown again. */
export function SecretDialog({ token, onClose }: { token: NewToken; onClose: () => void }) {
  const t = useTranslations("settings.tokens.secret");
  const common = useTranslations("common");
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("title", { name: token.name })}
      size={520}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <div className={classes.form}>
        <p className={classes.lead}>{t("text")}</p>
        <TextInput
          label={t("value")}
          value={token.token}
          readOnly
          data-autofocus
          onFocus={(event) => event.currentTarget.select()}
        />
        <div className={classes.footer}>
          <CopyButton value={token.token}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? common("copied") : common("copy")}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>{t("done")}</Button>
        </div>
      </div>
    </Modal>
  );
}
