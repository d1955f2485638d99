// People: who may sign in, who is invited to, and the sessions they have.
import * as z from "zod";
import { Id, Role, Timestamp } from "./common.ts";

/** Signs a person in. Chosen by people, hence the least length; hashed by scrypt, hence the greatest. */
export const Password = z
  .string()
  .min(12, "must have at least 12 characters")
  .max(128, "must have at most 128 characters");

/** Identifies a person; compared and kept in lower case. */
export const EmailAddress = z.string().trim().toLowerCase().max(254).pipe(z.email("must be an e-mail address"));

export const PersonName = z
  .string()
  .normalize("NFC")
  .trim()
  .min(1, { error: "must not be empty", abort: true })
  .max(100, "must have at most 100 characters")
  .regex(/^\P{C}+$/u, "must hold no control characters");

export const DEFAULT_INVITATION_DAYS = 7;

export const InvitationInput = z.strictObject({
  email: EmailAddress,
  role: Role,
  /** Days until the link is void. */
  expiresInDays: z.int().min(1).max(30).default(DEFAULT_INVITATION_DAYS),
});
export type InvitationInput = z.infer<typeof InvitationInput>;
/** Sending it anew: the old link is void at once. */
export const ReinvitationInput = InvitationInput.pick({ expiresInDays: true });

export const Invitation = z.strictObject({
  id: Id,
  email: z.string(),
  role: Role,
  invitedBy: z.string(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  state: z.enum(["pending", "expired"]),
});
export type Invitation = z.infer<typeof Invitation>;
/** Answer to inviting: the only time the token of its link is shown. */
export const NewInvitation = z.strictObject({
  ...Invitation.shape,
  token: z.string(),
  /** Page on this server where it is accepted. The token stands after `#`: browsers send that to nobody. */
  path: z.string(),
});
export type NewInvitation = z.infer<typeof NewInvitation>;

const LinkToken = z.string().min(1, "must not be empty").max(200);
export const InvitationToken = z.strictObject({ token: LinkToken });
/** What the invited person is told before accepting. */
export const OpenInvitation = Invitation.pick({ email: true, role: true, invitedBy: true, expiresAt: true });
export type OpenInvitation = z.infer<typeof OpenInvitation>;
export const AcceptanceInput = z.strictObject({ token: LinkToken, name: PersonName, password: Password });
export type AcceptanceInput = z.infer<typeof AcceptanceInput>;

export const PersonState = z.enum(["active", "deactivated"]);
export type PersonState = z.infer<typeof PersonState>;
/** How a person may sign in: with a password that they have here, or through the identity provider. */
export const SignInWay = z.enum(["password", "oidc"]);
export type SignInWay = z.infer<typeof SignInWay>;
export const Person = z.strictObject({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: Role,
  /** `oidc`: a claim of the identity provider gave the role, or its role for everybody, and each sign-in may change it. */
  roleFrom: z.enum(["here", "oidc"]),
  signInWays: z.array(SignInWay),
  /** A deactivated person cannot sign in. */
  state: PersonState,
  createdAt: Timestamp,
  /** To the minute; null: never signed in. */
  lastSeenAt: Timestamp.nullable(),
  /** How many sessions they have now. */
  sessions: z.int().min(0),
});
export type Person = z.infer<typeof Person>;
export const PersonPatch = z.strictObject({ role: Role.optional(), state: PersonState.optional() });
export type PersonPatch = z.infer<typeof PersonPatch>;

export const AccountPatch = z.strictObject({ name: PersonName.optional() });
export type AccountPatch = z.infer<typeof AccountPatch>;
export const PasswordInput = z.strictObject({
  currentPassword: z.string().min(1, "must not be empty").max(128),
  newPassword: Password,
});
export type PasswordInput = z.infer<typeof PasswordInput>;

export const PersonSession = z.strictObject({
  id: z.string(),
  /** The one that asks. */
  isCurrent: z.boolean(),
  /** Such as `Firefox`; null when its User-Agent does not say. */
  browser: z.string().nullable(),
  /** Such as `Windows`. */
  system: z.string().nullable(),
  address: z.string().nullable(),
  createdAt: Timestamp,
  /** To the minute. */
  lastSeenAt: Timestamp,
  expiresAt: Timestamp,
});
export type PersonSession = z.infer<typeof PersonSession>;
