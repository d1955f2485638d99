import {
  AcceptanceInput,
  Invitation,
  InvitationInput,
  InvitationToken,
  NewInvitation,
  OpenInvitation,
  Person,
  PersonPatch,
  PersonSession,
  ReinvitationInput,
} from "#lib/contracts/people.ts";
import { listOf } from "#lib/contracts/views.ts";
import { type Endpoint, param } from "#lib/server/endpoint.ts";
import { acceptInvitation, openInvitation } from "#lib/services/invitations/accept-invitation.ts";
import { invite, inviteAgain } from "#lib/services/invitations/invite.ts";
import { listInvitations, revokeInvitation } from "#lib/services/invitations/manage-invitations.ts";
import { getPerson, listPeople } from "#lib/services/people/list-people.ts";
import { removePerson } from "#lib/services/people/remove-person.ts";
import { endPersonSessions, listSessions } from "#lib/services/people/sessions.ts";
import { updatePerson } from "#lib/services/people/update-person.ts";

const tag = "People";

const PEOPLE: Endpoint[] = [
  {
    method: "GET",
    path: "/people",
    operationId: "listPeople",
    tag,
    summary: "List everybody who has an account",
    role: "admin",
    output: listOf(Person),
    handle: async (_, actor) => ({ body: { items: await listPeople(actor) } }),
  },
  {
    method: "GET",
    path: "/people/{id}",
    operationId: "getPerson",
    tag,
    summary: "Read a person",
    role: "admin",
    output: Person,
    handle: async (call, actor) => ({ body: await getPerson(actor, param(call, "id")) }),
  },
  {
    method: "PATCH",
    path: "/people/{id}",
    operationId: "updatePerson",
    tag,
    summary: "Give a person another role, deactivate or reactivate them",
    description:
      "A role holds from the person's next request on. Who is deactivated is signed out everywhere at once. " +
      "The last active administrator keeps role and state: `last-admin`.",
    role: "admin",
    input: PersonPatch,
    output: Person,
    problems: ["last-admin"],
    handle: async (call, actor) => ({ body: await updatePerson(actor, param(call, "id"), call.input) }),
  },
  {
    method: "DELETE",
    path: "/people/{id}",
    operationId: "removePerson",
    tag,
    summary: "Remove a person, their password and sessions",
    description: "What they did stays in the audit.",
    role: "admin",
    status: 204,
    problems: ["last-admin"],
    handle: async (call, actor) => {
      await removePerson(actor, param(call, "id"));
      return {};
    },
  },
  {
    method: "GET",
    path: "/people/{id}/sessions",
    operationId: "listPersonSessions",
    tag,
    summary: "List a person's sessions",
    role: "admin",
    output: listOf(PersonSession),
    handle: async (call, actor) => ({ body: { items: await listSessions(actor, param(call, "id")) } }),
  },
  {
    method: "DELETE",
    path: "/people/{id}/sessions",
    operationId: "endPersonSessions",
    tag,
    summary: "Sign a person out everywhere",
    role: "admin",
    status: 204,
    handle: async (call, actor) => {
      await endPersonSessions(actor, param(call, "id"));
      return {};
    },
  },
];

const INVITATIONS: Endpoint[] = [
  {
    method: "GET",
    path: "/invitations",
    operationId: "listInvitations",
    tag,
    summary: "List the invitations that were not accepted yet",
    role: "admin",
    output: listOf(Invitation),
    handle: async (_, actor) => ({ body: { items: await listInvitations(actor) } }),
  },
  {
    method: "POST",
    path: "/invitations",
    operationId: "invite",
    tag,
    summary: "Invite somebody by e-mail address and role",
    description:
      "The answer is the only place where the link's token ever is: pass `path` on to the person. It works once, " +
      "and for `expiresInDays` (7 unless given). `conflict` when the address is invited already.",
    role: "admin",
    input: InvitationInput,
    output: NewInvitation,
    status: 201,
    problems: ["person-exists", "conflict"],
    handle: async ({ input }, actor) => ({ body: await invite(actor, input) }),
  },
  {
    method: "POST",
    path: "/invitations/{id}/renew",
    operationId: "renewInvitation",
    tag,
    summary: "Make a new link of an invitation",
    description: "The old link is void at once.",
    role: "admin",
    input: ReinvitationInput,
    output: NewInvitation,
    handle: async (call, actor) => ({ body: await inviteAgain(actor, param(call, "id"), call.input) }),
  },
  {
    method: "DELETE",
    path: "/invitations/{id}",
    operationId: "revokeInvitation",
    tag,
    summary: "Revoke an invitation",
    role: "admin",
    status: 204,
    handle: async (call, actor) => {
      await revokeInvitation(actor, param(call, "id"));
      return {};
    },
  },
  {
    method: "POST",
    path: "/invitations/open",
    operationId: "openInvitation",
    tag,
    summary: "What the link of an invitation invites to",
    description: "The token of the link is the identity.",
    role: null,
    input: InvitationToken,
    output: OpenInvitation,
    problems: ["invitation-invalid"],
    handle: async ({ input }) => ({ body: await openInvitation(input) }),
  },
  {
    method: "POST",
    path: "/invitations/accept",
    operationId: "acceptInvitation",
    tag,
    summary: "Accept an invitation: choose a name and a password",
    description: "The token of the link is the identity; it is void afterwards. Then sign in.",
    role: null,
    input: AcceptanceInput,
    output: Person,
    status: 201,
    problems: ["invitation-invalid", "person-exists"],
    handle: async ({ input, address }) => ({ body: await acceptInvitation(input, address) }),
  },
];

export const PEOPLE_ENDPOINTS: Endpoint[] = [...PEOPLE, ...INVITATIONS];
