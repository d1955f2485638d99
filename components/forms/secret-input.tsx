"use client";
import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import { useTranslations } from "next-intl";

type Props = PasswordInputProps & {
  /** There is a value already: it stays unless another is typed, and nobody can read it. */
  isKept: boolean;
};

/** A value that goes in and never comes out. */
export function SecretInput({ isKept, ...props }: Props) {
  const t = useTranslations("forms.secret");
  return (
    <PasswordInput
      placeholder={isKept ? t("kept") : t("new")}
      // Not a password of the person: nothing to be filled in or offered to be kept.
      autoComplete="new-password"
      spellCheck={false}
      visibilityToggleButtonProps={{ "aria-label": t("show") }}
      {...props}
    />
  );
}
