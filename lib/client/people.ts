import { queryOptions } from "@tanstack/react-query";
import { Token } from "#lib/contracts/access.ts";
import { Invitation, OpenInvitation, Person, PersonSession } from "#lib/contracts/people.ts";
import { listOf } from "#lib/contracts/views.ts";
import { call } from "./api.ts";
import { keys } from "./queries.ts";

export const tokensQuery = queryOptions({
  queryKey: keys.tokens,
  queryFn: async ({ signal }) => (await call("/tokens", listOf(Token), { signal })).items,
});

/** Nobody tells of changes of people; others' are seen within half a minute. */
export const peopleQuery = queryOptions({
  queryKey: keys.people,
  queryFn: async ({ signal }) => (await call("/people", listOf(Person), { signal })).items,
  refetchInterval: 30_000,
});

export const personSessionsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.personSessions(id),
    queryFn: async ({ signal }) => (await call(`/people/${id}/sessions`, listOf(PersonSession), { signal })).items,
  });

export const invitationsQuery = queryOptions({
  queryKey: keys.invitations,
  queryFn: async ({ signal }) => (await call("/invitations", listOf(Invitation), { signal })).items,
  refetchInterval: 30_000,
});

/** What the link of an invitation invites to; asked by whoever holds it, before they have an account. */
export const openInvitationQuery = (token: string) =>
  queryOptions({
    queryKey: keys.openInvitation(token),
    queryFn: ({ signal }) => call("/invitations/open", OpenInvitation, { method: "POST", body: { token }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const accountQuery = queryOptions({
  queryKey: keys.account,
  queryFn: ({ signal }) => call("/account", Person, { signal }),
});

export const ownSessionsQuery = queryOptions({
  queryKey: keys.ownSessions,
  queryFn: async ({ signal }) => (await call("/account/sessions", listOf(PersonSession), { signal })).items,
  refetchInterval: 30_000,
});
