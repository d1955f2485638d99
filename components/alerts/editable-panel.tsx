"use client";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { Panel } from "#components/data/panel.tsx";
import type { TermName } from "#components/data/term.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import type { Role } from "#lib/contracts/common.ts";

type Props<T> = {
  title: string;
  hint: string;
  term?: TermName;
  /** What the button says that makes a new one. */
  addLabel: string;
  needs: Role;
  /** The list; `edit` opens the form of one of its items. */
  children: (edit: (item: T) => void) => React.ReactNode;
  /** @param item undefined: a new one */
  form: (item: T | undefined, close: () => void) => React.ReactNode;
};

/** A list in a panel, with a button for a new item, and the form of whichever is open. */
export function EditablePanel<T>({ title, hint, term, addLabel, needs, children, form }: Props<T>) {
  const [open, setOpen] = useState<{ item?: T } | null>(null);
  const add = (
    <GuardedButton needs={needs} leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={() => setOpen({})}>
      {addLabel}
    </GuardedButton>
  );
  return (
    <Panel flush title={title} term={term} hint={hint} aside={add}>
      {children((item) => setOpen({ item }))}
      {open && form(open.item, () => setOpen(null))}
    </Panel>
  );
}
