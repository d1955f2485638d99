// Everything the dashboard changes besides configuration (config-writer.ts). Plain functions: forms and buttons wrap them in useMutation.
import type { z } from "zod";
import type { NewToken, TokenInput } from "#lib/contracts/access.ts";
import type { Alert } from "#lib/contracts/alerts.ts";
import type { CertificateView } from "#lib/contracts/certificates.ts";
import type { ChannelView, Delivery } from "#lib/contracts/notifications.ts";
import type {
  AcceptanceInput,
  AccountPatch,
  InvitationInput,
  NewInvitation,
  PasswordInput,
  Person,
  PersonPatch,
} from "#lib/contracts/people.ts";
import type { RetentionPatch, RetentionView } from "#lib/contracts/retention.ts";
import { call } from "./api.ts";
import { confirming } from "./warning-question.ts";

/** Publishes the document of revision `number` again, as a new revision. */
export const rollBack = (number: number, note?: string, ifMatch?: number) =>
  confirming((confirm) =>
    call<{ revision: number }>(`/revisions/${number}/rollback`, {
      method: "POST",
      body: { note },
      query: { confirm },
      ifMatch,
    }),
  );

export const createToken = (token: z.input<typeof TokenInput>) =>
  call<NewToken>("/tokens", { method: "POST", body: token });
export const revokeToken = (id: string) => call<unknown>(`/tokens/${id}`, { method: "DELETE" });

export const invite = (input: z.input<typeof InvitationInput>) =>
  call<NewInvitation>("/invitations", { method: "POST", body: input });
export const renewInvitation = (id: string) =>
  call<NewInvitation>(`/invitations/${id}/renew`, { method: "POST", body: {} });
export const revokeInvitation = (id: string) => call<unknown>(`/invitations/${id}`, { method: "DELETE" });
export const acceptInvitation = (input: AcceptanceInput) =>
  call<Person>("/invitations/accept", { method: "POST", body: input });
export const updatePerson = (id: string, patch: PersonPatch) =>
  call<Person>(`/people/${id}`, { method: "PATCH", body: patch });
export const removePerson = (id: string) => call<unknown>(`/people/${id}`, { method: "DELETE" });
export const endPersonSessions = (id: string) => call<unknown>(`/people/${id}/sessions`, { method: "DELETE" });
export const updateAccount = (patch: AccountPatch) => call<Person>("/account", { method: "PATCH", body: patch });
export const changePassword = (input: PasswordInput) =>
  call<unknown>("/account/password", { method: "POST", body: input });
export const endOwnSession = (id: string) => call<unknown>(`/account/sessions/${id}`, { method: "DELETE" });
export const endOtherSessions = () => call<unknown>("/account/sessions", { method: "DELETE" });

/** At once, in no revision; `input` as CertificateInput or CertificatePatch has it. */
export const createCertificate = (input: object) =>
  call<CertificateView>("/certificates", { method: "POST", body: input });
export const updateCertificate = (id: string, input: object) =>
  call<CertificateView>(`/certificates/${id}`, { method: "PATCH", body: input });
export const deleteCertificate = (id: string) => call<unknown>(`/certificates/${id}`, { method: "DELETE" });

/** At once, in no revision; `input` as ChannelInput or ChannelPatch has it. */
export const createChannel = (input: object) =>
  call<ChannelView>("/notification-channels", { method: "POST", body: input });
export const updateChannel = (id: string, input: object) =>
  call<ChannelView>(`/notification-channels/${id}`, { method: "PATCH", body: input });
export const deleteChannel = (id: string) => call<unknown>(`/notification-channels/${id}`, { method: "DELETE" });
/** What came of it is in the answer: `delivered`, or `failed` with its error. */
export const testChannel = (id: string) =>
  call<Delivery>(`/notification-channels/${id}/test`, { method: "POST", body: {} });
export const retryDelivery = (id: string) =>
  call<Delivery>(`/notification-deliveries/${id}/retry`, { method: "POST", body: {} });

/** At once, in no revision. */
export const updateRetention = (patch: z.output<typeof RetentionPatch>) =>
  call<RetentionView>("/retention", { method: "PATCH", body: patch });
export const acknowledgeAlert = (id: string, note: string) =>
  call<Alert>(`/alerts/${id}/acknowledge`, { method: "POST", body: { note } });
