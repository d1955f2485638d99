// A channel while it is edited. Where it leads was given once and is never shown: it stays, or is given anew as a whole.
import { labelsPath, matchersInput, matcherValues } from "#components/forms/label-values.ts";
import type { FieldFault } from "#lib/client/forms.ts";
import type { AlertRule } from "#lib/contracts/alerts.ts";
import type { ChannelKind, ChannelView } from "#lib/contracts/notifications.ts";

export type ChannelValues = {
  name: string;
  enabled: boolean;
  language: ChannelView["language"];
  /** Of a present channel: whether it is to lead elsewhere. */
  replaces: boolean;
  target: {
    kind: ChannelKind;
    url: string;
    signingSecret: string;
    host: string;
    port: number | string;
    security: "starttls" | "tls" | "none";
    user: string;
    password: string;
    from: string;
    /** Addresses, parted by commas. */
    to: string;
  };
  match: { leastLevel: string; rules: AlertRule[]; poolIds: string[]; labels: string[]; resolved: boolean };
};

export const channelValues = (present: ChannelView | undefined, language: ChannelView["language"]): ChannelValues => ({
  name: present?.name ?? "",
  enabled: present?.enabled ?? true,
  language: present?.language ?? language,
  replaces: present === undefined,
  target: {
    kind: present?.kind ?? "webhook",
    url: "",
    signingSecret: "",
    host: "",
    port: 587,
    security: "starttls",
    user: "",
    password: "",
    from: "",
    to: "",
  },
  match: {
    leastLevel: String(present?.match.leastLevel ?? 4),
    rules: present?.match.rules ?? [],
    poolIds: present?.match.poolIds ?? [],
    labels: matcherValues(present?.match.labels ?? []),
    resolved: present?.match.resolved ?? true,
  },
});

/** The API's input. */
export function channelInput({ replaces, target, match, ...rest }: ChannelValues): object {
  return {
    ...rest,
    match: { ...match, labels: matchersInput(match.labels), leastLevel: Number(match.leastLevel) },
    ...(replaces && { target: targetInput(target) }),
  };
}

/** What a target of its kind has; what belongs to others stays in the form only. */
function targetInput({ kind, url, signingSecret, ...mail }: ChannelValues["target"]): object {
  if (kind === "email") {
    const to = mail.to.split(/[,;\s]+/).filter((address) => address !== "");
    return { kind, ...mail, to };
  }
  const signs = kind === "webhook" || (signingSecret.trim() !== "" && (kind === "dingtalk" || kind === "feishu"));
  return { kind, url, ...(signs && { signingSecret }) };
}

/** A fault of one of several addresses, or labels, is told at their field. */
export const atField = (fault: FieldFault): FieldFault =>
  fault.path[0] === "target" && fault.path[1] === "to"
    ? { ...fault, path: ["target", "to"] }
    : { ...fault, path: labelsPath(fault.path.join(".")).split(".") };
