import { queryOptions } from "@tanstack/react-query";
import type { Token } from "#lib/contracts/access.ts";
import type { Invitation, OpenInvitation, Person, PersonSession } from "#lib/contracts/people.ts";
import { call, type ListOf } from "./api.ts";
import { keys } from "./queries.ts";

export const tokensQuery = queryOptions({
  queryKey: keys.tokens,
  queryFn: async ({ signal }) => (await call<ListOf<Token>>("/tokens", { signal })).items,
});

/** Nobody tells of changes of people; others' are seen within half a minute. */
export const peopleQuery = queryOptions({
  queryKey: keys.people,
  queryFn: async ({ signal }) => (await call<ListOf<Person>>("/people", { signal })).items,
  refetchInterval: 30_000,
});

export const personSessionsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.personSessions(id),
    queryFn: async ({ signal }) => (await call<ListOf<PersonSession>>(`/people/${id}/sessions`, { signal })).items,
  });

export const invitationsQuery = queryOptions({
  queryKey: keys.invitations,
  queryFn: async ({ signal }) => (await call<ListOf<Invitation>>("/invitations", { signal })).items,
  refetchInterval: 30_000,
});

/** What the link of an invitation invites to; asked by whoever holds it, before they have an account. */
export const openInvitationQuery = (token: string) =>
  queryOptions({
    queryKey: keys.openInvitation(token),
    queryFn: ({ signal }) => call<OpenInvitation>("/invitations/open", { method: "POST", body: { token }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const accountQuery = queryOptions({
  queryKey: keys.account,
  queryFn: ({ signal }) => call<Person>("/account", { signal }),
});

export const ownSessionsQuery = queryOptions({
  queryKey: keys.ownSessions,
  queryFn: async ({ signal }) => (await call<ListOf<PersonSession>>("/account/sessions", { signal })).items,
  refetchInterval: 30_000,
});
