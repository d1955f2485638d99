"use client";
import { Button, Divider } from "@mantine/core";
import { IconLogin2 } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { type SignInFailure, signInElsewhere } from "#lib/client/auth.ts";

type Props = { label: string | undefined; next: string | undefined; onFailure: (failure: SignInFailure) => void };

/** The button to the identity provider. It stays busy until the browser has left. */
export function Elsewhere({ label, next, onFailure }: Props) {
  const t = useTranslations("signIn.oidc");
  const [isLeaving, setLeaving] = useState(false);
  const leave = async () => {
    setLeaving(true);
    const failure = await signInElsewhere(next);
    if (!failure) return;
    setLeaving(false);
    onFailure(failure);
  };
  return (
    <>
      <Button
        size="sm"
        variant="default"
        leftSection={<IconLogin2 size={16} aria-hidden="true" />}
        loading={isLeaving}
        onClick={() => void leave()}
      >
        {label ?? t("submit")}
      </Button>
      <Divider label={t("or")} labelPosition="center" />
    </>
  );
}
