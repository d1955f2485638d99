"use client";
import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { MessagePage } from "#components/shell/message-page.tsx";

/** A page whose drawing failed; the shell around it stays. */
export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  const t = useTranslations("errors.crash");
  useEffect(() => console.error(error), [error]);
  return <MessagePage title={t("title")} text={t("text")} onRetry={reset} />;
}
