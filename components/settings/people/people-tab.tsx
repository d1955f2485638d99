"use client";
import { IconUserPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { OnlyFor } from "#components/forms/only-for.tsx";
import { invitationsQuery, peopleQuery } from "#lib/client/people.ts";
import { useCan } from "#lib/client/use-can.ts";
import type { Invitation, NewInvitation, Person } from "#lib/contracts/people.ts";
import { SecretDialog } from "../secret-dialog.tsx";
import { type InvitationAct, InvitationDialog } from "./invitation-dialog.tsx";
import { InvitationTable } from "./invitation-table.tsx";
import { InviteForm } from "./invite-form.tsx";
import { PeopleTable } from "./people-table.tsx";
import { type PersonAct, PersonDialog } from "./person-dialog.tsx";
import { RoleForm } from "./role-form.tsx";
import { SessionsDialog } from "./sessions-dialog.tsx";

/** Which dialog is open. */
type Open =
  | { is: "none" }
  | { is: "invite" }
  | { is: "link"; invitation: NewInvitation }
  | { is: "invitation"; invitation: Invitation; act: InvitationAct }
  | { is: "role"; person: Person }
  | { is: "sessions"; person: Person }
  | { is: "person"; person: Person; act: PersonAct };

/** People who have an account, and those who are invited to. */
export function PeopleTab() {
  const t = useTranslations("settings.people");
  const isAdmin = useCan("admin");
  const people = useQuery({ ...peopleQuery, enabled: isAdmin });
  const invitations = useQuery({ ...invitationsQuery, enabled: isAdmin });
  const [open, setOpen] = useState<Open>({ is: "none" });
  const close = () => setOpen({ is: "none" });
  const invite = (
    <GuardedButton
      needs="admin"
      leftSection={<IconUserPlus size={14} aria-hidden="true" />}
      onClick={() => setOpen({ is: "invite" })}
    >
      {t("invite.button")}
    </GuardedButton>
  );
  return (
    <>
      <Panel flush title={t("title")} hint={t("hint")} aside={invite}>
        <OnlyFor needs="admin" text={t("needsAdmin")}>
          <QueryView query={people}>
            {(all) => (
              <PeopleTable
                people={all}
                onRole={(person) => setOpen({ is: "role", person })}
                onSessions={(person) => setOpen({ is: "sessions", person })}
                onAct={(person, act) => setOpen({ is: "person", person, act })}
              />
            )}
          </QueryView>
        </OnlyFor>
      </Panel>
      {invitations.data && invitations.data.length > 0 && (
        <Panel flush title={t("invitations.title")} hint={t("invitations.hint")}>
          <InvitationTable
            invitations={invitations.data}
            onAct={(invitation, act) => setOpen({ is: "invitation", invitation, act })}
          />
        </Panel>
      )}
      <Dialogs open={open} setOpen={setOpen} onClose={close} />
    </>
  );
}

function Dialogs({ open, setOpen, onClose }: { open: Open; setOpen: (open: Open) => void; onClose: () => void }) {
  const t = useTranslations("settings.people");
  const showLink = (invitation: NewInvitation) => setOpen({ is: "link", invitation });
  switch (open.is) {
    case "none":
      return null;
    case "invite":
      return <InviteForm onClose={onClose} onMade={showLink} />;
    case "link":
      return (
        <SecretDialog
          title={t("link.title", { email: open.invitation.email })}
          text={t("link.text")}
          label={t("link.label")}
          value={new URL(open.invitation.path, window.location.origin).href}
          onClose={onClose}
        />
      );
    case "invitation":
      return <InvitationDialog invitation={open.invitation} act={open.act} onClose={onClose} onRenewed={showLink} />;
    case "role":
      return <RoleForm person={open.person} onClose={onClose} />;
    case "sessions":
      return <SessionsDialog person={open.person} onClose={onClose} />;
    case "person":
      return <PersonDialog person={open.person} act={open.act} onClose={onClose} />;
  }
}
