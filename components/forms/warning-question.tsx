"use client";
import dynamic from "next/dynamic";
import { patiently } from "#lib/client/patiently.ts";
import { useWarningQuestion } from "#lib/client/warning-question.ts";

/** Most edits bring no warnings: what asks about them is loaded when the first does. */
const WarningDialog = dynamic(
  patiently(() => import("./warning-dialog.tsx").then((module) => module.WarningDialog)),
  { ssr: false },
);

/** Asks, wherever on the page a publish was refused for warnings that nobody has confirmed. */
export function WarningQuestion() {
  const question = useWarningQuestion();
  return question && <WarningDialog question={question} />;
}
