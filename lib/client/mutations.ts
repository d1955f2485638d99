// Everything the dashboard changes besides configuration (config-writer.ts). Plain functions: forms and buttons wrap them in useMutation.
import * as z from "zod";
import { NewToken, type TokenInput } from "#lib/contracts/access.ts";
import { Alert } from "#lib/contracts/alerts.ts";
import { CertificateView } from "#lib/contracts/certificates.ts";
import { ChannelView, Delivery } from "#lib/contracts/notifications.ts";
import {
  type AcceptanceInput,
  type AccountPatch,
  type InvitationInput,
  NewInvitation,
  type PasswordInput,
  Person,
  type PersonPatch,
} from "#lib/contracts/people.ts";
import { type RetentionPatch, RetentionView } from "#lib/contracts/retention.ts";
import { call } from "./api.ts";

const Done = z.unknown();

/** Publishes the document of revision `number` again, as a new revision. */
export const rollBack = (number: number, note?: string, ifMatch?: number) =>
  call(`/revisions/${number}/rollback`, z.object({ revision: z.int() }), { method: "POST", body: { note }, ifMatch });

export const createToken = (token: z.input<typeof TokenInput>) =>
  call("/tokens", NewToken, { method: "POST", body: token });
export const revokeToken = (id: string) => call(`/tokens/${id}`, Done, { method: "DELETE" });

export const invite = (input: z.input<typeof InvitationInput>) =>
  call("/invitations", NewInvitation, { method: "POST", body: input });
export const renewInvitation = (id: string) =>
  call(`/invitations/${id}/renew`, NewInvitation, { method: "POST", body: {} });
export const revokeInvitation = (id: string) => call(`/invitations/${id}`, Done, { method: "DELETE" });
export const acceptInvitation = (input: AcceptanceInput) =>
  call("/invitations/accept", Person, { method: "POST", body: input });
export const updatePerson = (id: string, patch: PersonPatch) =>
  call(`/people/${id}`, Person, { method: "PATCH", body: patch });
export const removePerson = (id: string) => call(`/people/${id}`, Done, { method: "DELETE" });
export const endPersonSessions = (id: string) => call(`/people/${id}/sessions`, Done, { method: "DELETE" });
export const updateAccount = (patch: AccountPatch) => call("/account", Person, { method: "PATCH", body: patch });
export const changePassword = (input: PasswordInput) =>
  call("/account/password", Done, { method: "POST", body: input });
export const endOwnSession = (id: string) => call(`/account/sessions/${id}`, Done, { method: "DELETE" });
export const endOtherSessions = () => call("/account/sessions", Done, { method: "DELETE" });

/** At once, in no revision; `input` as CertificateInput or CertificatePatch has it. */
export const createCertificate = (input: object) =>
  call("/certificates", CertificateView, { method: "POST", body: input });
export const updateCertificate = (id: string, input: object) =>
  call(`/certificates/${id}`, CertificateView, { method: "PATCH", body: input });
export const deleteCertificate = (id: string) => call(`/certificates/${id}`, Done, { method: "DELETE" });

/** At once, in no revision; `input` as ChannelInput or ChannelPatch has it. */
export const createChannel = (input: object) =>
  call("/notification-channels", ChannelView, { method: "POST", body: input });
export const updateChannel = (id: string, input: object) =>
  call(`/notification-channels/${id}`, ChannelView, { method: "PATCH", body: input });
export const deleteChannel = (id: string) => call(`/notification-channels/${id}`, Done, { method: "DELETE" });
/** What came of it is in the answer: `delivered`, or `failed` with its error. */
export const testChannel = (id: string) =>
  call(`/notification-channels/${id}/test`, Delivery, { method: "POST", body: {} });
export const retryDelivery = (id: string) =>
  call(`/notification-deliveries/${id}/retry`, Delivery, { method: "POST", body: {} });

/** At once, in no revision. */
export const updateRetention = (patch: z.output<typeof RetentionPatch>) =>
  call("/retention", RetentionView, { method: "PATCH", body: patch });
export const acknowledgeAlert = (id: string, note: string) =>
  call(`/alerts/${id}/acknowledge`, Alert, { method: "POST", body: { note } });
