// Notifications: where alerts are told besides the dashboard. A channel's secrets go in and never come out.
import * as z from "zod";
import { ALERT_RULES } from "./alerts.ts";
import { Id, Name, PageQuery, Timestamp } from "./common.ts";
import { LabelMatchers } from "./config/labels.ts";

export const CHANNEL_KINDS = ["webhook", "email", "slack", "dingtalk", "feishu", "wecom"] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

export const NOTIFICATION_LANGUAGES = ["en", "zh-CN"] as const;

const MAX_URL = 2_000;
const SecretText = z.string().trim().min(1, "must not be empty").max(1_000);
const TargetUrl = z
  .string()
  .trim()
  .max(MAX_URL)
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), "must be an http or https URL")
  .refine((text) => !URL.canParse(text) || new URL(text).username === "", "must not carry a user name or password")
  .transform((text) => new URL(text).href);
const Mailbox = z.email("must be an e-mail address").max(254);

/** Standard Webhooks: `whsec_` and 24 to 64 bytes in base64, or any text of 24 to 200 characters. */
const SigningSecret = SecretText.min(24, "must have at least 24 characters").max(200);

/** Where a channel of each kind leads; `url` of a chat's robot holds its token, so that it is a secret, too. */
export const ChannelTarget = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("webhook"), url: TargetUrl, signingSecret: SigningSecret }),
  z.strictObject({
    kind: z.literal("email"),
    host: z.hostname("must be a host name or an address").or(z.ipv4()).or(z.ipv6()),
    port: z.int().min(1).max(65_535).default(587),
    /** `starttls`: TLS is asked for and required; `tls`: from the first byte; `none`: in clear, for a relay on this host. */
    security: z.enum(["starttls", "tls", "none"]).default("starttls"),
    user: z.string().max(320).default(""),
    password: z.string().max(1_000).default(""),
    from: Mailbox,
    to: z.array(Mailbox).min(1, "must name somebody").max(50),
  }),
  z.strictObject({ kind: z.literal("slack"), url: TargetUrl }),
  /** `signingSecret`: of a robot whose security setting is a signature. */
  z.strictObject({ kind: z.literal("dingtalk"), url: TargetUrl, signingSecret: SecretText.optional() }),
  z.strictObject({ kind: z.literal("feishu"), url: TargetUrl, signingSecret: SecretText.optional() }),
  z.strictObject({ kind: z.literal("wecom"), url: TargetUrl }),
]);
export type ChannelTarget = z.infer<typeof ChannelTarget>;

/** Which alerts a channel is told of; an empty list is no condition. */
export const ChannelMatch = z.strictObject({
  /** The least urgent level it is told of: 1 is the most urgent, 4 tells everything. */
  leastLevel: z.int().min(1).max(4).default(4),
  rules: z.array(z.enum(ALERT_RULES)).max(ALERT_RULES.length).default([]),
  poolIds: z.array(Id).max(1_000).default([]),
  /** Of pools and nodes, all of which must fit; no matcher fits what is about neither. */
  labels: LabelMatchers,
  /** Also when an alert that it was told of ends. */
  resolved: z.boolean().default(true),
});
export type ChannelMatch = z.infer<typeof ChannelMatch>;

const ANY_MATCH = { leastLevel: 4, rules: [], poolIds: [], labels: [], resolved: true } satisfies ChannelMatch;

export const ChannelInput = z.strictObject({
  name: Name,
  enabled: z.boolean().default(true),
  language: z.enum(NOTIFICATION_LANGUAGES).default("en"),
  target: ChannelTarget,
  match: ChannelMatch.default(ANY_MATCH),
});
export type ChannelInput = z.infer<typeof ChannelInput>;
/** Fields left out stay. A target is replaced whole: none of what it was is read out again. */
export const ChannelPatch = z.strictObject({
  name: Name.optional(),
  enabled: z.boolean().optional(),
  language: z.enum(NOTIFICATION_LANGUAGES).optional(),
  target: ChannelTarget.optional(),
  match: ChannelMatch.optional(),
});
export type ChannelPatch = z.infer<typeof ChannelPatch>;

export const DELIVERY_STATES = ["pending", "delivered", "failed"] as const;
export const DELIVERY_EVENTS = ["fired", "resolved", "test"] as const;

/** One thing that one channel is told: an alert that fired or ended, or a test. */
export const Delivery = z.strictObject({
  id: z.string(),
  channelId: Id,
  channelName: z.string(),
  event: z.enum(DELIVERY_EVENTS),
  alertId: Id.nullable(),
  /** What the alert was about, as it was then. */
  subject: z.string(),
  state: z.enum(DELIVERY_STATES),
  attempts: z.int().min(0),
  /** Of the last attempt that failed, for people; never holds a secret. */
  lastError: z.string().nullable(),
  createdAt: Timestamp,
  /** When it is tried (again); null once it is settled. */
  nextAttemptAt: Timestamp.nullable(),
  settledAt: Timestamp.nullable(),
});
export type Delivery = z.infer<typeof Delivery>;

export const ChannelView = z.strictObject({
  id: Id,
  name: z.string(),
  enabled: z.boolean(),
  kind: z.enum(CHANNEL_KINDS),
  language: z.enum(NOTIFICATION_LANGUAGES),
  /** Where it leads, without secrets: `hooks.slack.com/…`, `ops@example.org`. */
  leadsTo: z.string(),
  match: ChannelMatch,
  /** Which part of its match is none that this version knows, `match.rules.0`: it is told of everything then. Null: it can be read. */
  unreadable: z.string().nullable(),
  /** What settled last; null: nothing was sent yet. */
  last: Delivery.pick({ state: true, settledAt: true, lastError: true }).nullable(),
  pending: z.int().min(0),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type ChannelView = z.infer<typeof ChannelView>;

export const DeliveryQuery = PageQuery.extend({
  channelId: Id.optional(),
  alertId: Id.optional(),
  state: z.enum(DELIVERY_STATES).optional(),
});
export type DeliveryQuery = z.infer<typeof DeliveryQuery>;
