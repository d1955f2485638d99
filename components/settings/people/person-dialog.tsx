"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ActDialog } from "#components/forms/act-dialog.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { endPersonSessions, removePerson, updatePerson } from "#lib/client/mutations.ts";
import { keys } from "#lib/client/queries.ts";
import type { Person } from "#lib/contracts/people.ts";

export type PersonAct = "deactivate" | "reactivate" | "remove" | "endSessions";

const ACTS: Record<PersonAct, (person: Person) => Promise<unknown>> = {
  deactivate: ({ id }) => updatePerson(id, { state: "deactivated" }),
  reactivate: ({ id }) => updatePerson(id, { state: "active" }),
  remove: ({ id }) => removePerson(id),
  endSessions: ({ id }) => endPersonSessions(id),
};

/** Asks before something is done to a person, and states what becomes of them. */
export function PersonDialog({ person, act, onClose }: { person: Person; act: PersonAct; onClose: () => void }) {
  const t = useTranslations("settings.people.act");
  const client = useQueryClient();
  const notify = useNotify();
  return (
    <ActDialog
      title={t(`${act}.title`, { name: person.email })}
      lead={t(`${act}.lead`)}
      confirmLabel={t(`${act}.button`)}
      typedName={act === "remove" ? person.email : undefined}
      isDangerous={act !== "reactivate"}
      run={() => ACTS[act](person)}
      onDone={() => {
        void client.invalidateQueries({ queryKey: keys.people });
        notify.done(t(`${act}.done`, { name: person.email }));
      }}
      onClose={onClose}
    />
  );
}
