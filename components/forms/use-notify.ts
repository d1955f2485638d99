"use client";
import { useTranslations } from "next-intl";
import { createElement, useMemo } from "react";
import { useErrorText } from "#components/data/use-error-text.ts";
import { ApiError } from "#lib/client/api.ts";
import { showNotification } from "./show-notification.ts";
import { UndoMessage } from "./undo-message.tsx";

const SHOWN_MS = 4_000;
/** Long enough to see what one has done, and to take it back. */
const UNDO_SHOWN_MS = 12_000;
const FAILURE_SHOWN_MS = 12_000;

/** Notifications about what a person did: that it worked, or why not, with the API's words and the request's id. */
export function useNotify() {
  const t = useTranslations("forms");
  const common = useTranslations("common");
  const text = useErrorText();
  return useMemo(() => {
    const look = {
      withBorder: true,
      closeButtonProps: { "aria-label": common("close") },
      styles: { description: { color: "var(--gb-mute)" } },
    };
    return {
      /** @param undo takes it back: offered for some seconds */
      done: (message: string, undo?: () => void) => {
        if (!undo) return void showNotification({ message, autoClose: SHOWN_MS, ...look });
        const onUndo = () => {
          hide();
          undo();
        };
        const told = createElement(UndoMessage, { message, onUndo });
        const hide = showNotification({ message: told, autoClose: UNDO_SHOWN_MS, ...look });
      },
      /** What was refused for what it would leave: that, and the way to do it all the same. */
      unsafe: (title: string, error: ApiError, { label, act }: { label: string; act: () => void }) => {
        const onAct = () => {
          hide();
          act();
        };
        const message = createElement(UndoMessage, {
          message: `${text(error)} ${error.message}`,
          label,
          onUndo: onAct,
        });
        const hide = showNotification({ title, message, color: "red", autoClose: false, role: "alert", ...look });
      },
      /** What was carried out, and did not come out well. */
      problem: (title: string, message: string) =>
        showNotification({ title, message, color: "red", autoClose: FAILURE_SHOWN_MS, role: "alert", ...look }),
      failed: (action: string, error: unknown) => {
        const known = error instanceof ApiError ? error : null;
        const words = [text(error)];
        if (known && known.status > 0 && known.message !== words[0]) words.push(known.message);
        if (known?.requestId) words.push(t("requestId", { id: known.requestId }));
        showNotification({
          title: t("failed", { action }),
          message: words.join(" · "),
          color: "red",
          autoClose: FAILURE_SHOWN_MS,
          role: "alert",
          ...look,
        });
      },
    };
  }, [t, common, text]);
}
