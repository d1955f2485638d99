import { AccountPatch, PasswordInput, Person, PersonSession } from "#lib/contracts/people.ts";
import { listOf } from "#lib/contracts/views.ts";
import { type Endpoint, param } from "#lib/server/endpoint.ts";
import { getAccount, updateAccount } from "#lib/services/account/account.ts";
import { changePassword } from "#lib/services/account/change-password.ts";
import { endOtherSessions, endOwnSession, listOwnSessions } from "#lib/services/people/sessions.ts";

const tag = "Account";

/** What every person does about themselves, whatever their role. */
export const ACCOUNT_ENDPOINTS: Endpoint[] = [
  {
    method: "GET",
    path: "/account",
    operationId: "getAccount",
    tag,
    summary: "Read one's own account",
    role: "viewer",
    reach: "person",
    output: Person,
    handle: async (_, actor) => ({ body: await getAccount(actor) }),
  },
  {
    method: "PATCH",
    path: "/account",
    operationId: "updateAccount",
    tag,
    summary: "Change one's own name",
    role: "viewer",
    reach: "person",
    input: AccountPatch,
    output: Person,
    handle: async ({ input }, actor) => ({ body: await updateAccount(actor, input) }),
  },
  {
    method: "POST",
    path: "/account/password",
    operationId: "changePassword",
    tag,
    summary: "Change one's own password",
    description: "Asks for the present one, and ends every other session.",
    role: "viewer",
    reach: "person",
    input: PasswordInput,
    status: 204,
    problems: ["wrong-password", "too-many-requests"],
    handle: async ({ input }, actor) => {
      await changePassword(actor, input);
      return {};
    },
  },
  {
    method: "GET",
    path: "/account/sessions",
    operationId: "listOwnSessions",
    tag,
    summary: "List one's own sessions",
    role: "viewer",
    reach: "person",
    output: listOf(PersonSession),
    handle: async (_, actor) => ({ body: { items: await listOwnSessions(actor) } }),
  },
  {
    method: "DELETE",
    path: "/account/sessions",
    operationId: "endOtherSessions",
    tag,
    summary: "End all of one's own sessions but this one",
    role: "viewer",
    reach: "person",
    status: 204,
    handle: async (_, actor) => {
      await endOtherSessions(actor);
      return {};
    },
  },
  {
    method: "DELETE",
    path: "/account/sessions/{id}",
    operationId: "endOwnSession",
    tag,
    summary: "End one of one's own sessions",
    role: "viewer",
    reach: "person",
    status: 204,
    handle: async (call, actor) => {
      await endOwnSession(actor, param(call, "id"));
      return {};
    },
  },
];
