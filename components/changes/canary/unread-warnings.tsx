"use client";
import { useWarningText } from "#components/changes/sets/use-warning-text.ts";
import forms from "#components/forms/forms.module.css";
import type { Warning } from "#lib/contracts/publishing.ts";

type Props = { warnings: readonly Warning[]; title: string };

/** What a configuration brings that is legal and hardly meant, as the refusal to publish or try it told. */
export function UnreadWarnings({ warnings, title }: Props) {
  const text = useWarningText();
  return (
    <div className={forms.problem} data-tone="warn" role="alert">
      <p className={forms.problemTitle}>{title}</p>
      <ul>
        {warnings.map((warning) => (
          <li key={warning.id} data-warning={warning.code}>
            <strong>{warning.name}</strong>
            {warning.name && ": "}
            {text(warning)}
          </li>
        ))}
      </ul>
    </div>
  );
}
