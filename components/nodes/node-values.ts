// What the form of a node holds, and how that becomes the API's input.
import {
  type EditValues,
  editPath,
  editsInput,
  editValues,
  NO_EDITS,
  secretInput,
} from "#components/forms/header-edits.ts";
import { labelsInput, labelsPath, labelValues } from "#components/forms/label-values.ts";
import type { NodeInput, QuotaPeriod } from "#lib/contracts/config.ts";
import type { NodeView } from "#lib/contracts/views.ts";

/** `kept`: the id of the secret that is there, which stays unless another is typed. */
export type CredentialRow = { in: "header" | "query"; name: string; value: string; kept?: string };
export type NodeValues = Omit<NodeInput, "requestHeaders" | "rateLimit" | "quota" | "credentials" | "labels"> & {
  /** `env=prod` each. */
  labels: string[];
  requestHeaders: EditValues;
  credentials: CredentialRow[];
  isRateLimited: boolean;
  rateLimit: { requests: number | string; windowMs: number | string; burst: number | string };
  hasQuota: boolean;
  quota: { requests: number | string; per: QuotaPeriod };
};

export const NEW_NODE: NodeValues = {
  name: "",
  url: "",
  weight: 1,
  backup: false,
  priority: 0,
  zone: "",
  labels: [],
  resourcesUrl: "",
  maxInFlight: 0,
  requestHeaders: NO_EDITS,
  credentials: [],
  isRateLimited: false,
  rateLimit: { requests: 60, windowMs: 60_000, burst: 0 },
  hasQuota: false,
  quota: { requests: 1_000, per: "day" },
};

export const nodeValues = (node: NodeView): NodeValues => ({
  name: node.name,
  url: node.url,
  weight: node.weight,
  backup: node.backup,
  priority: node.priority,
  zone: node.zone,
  labels: labelValues(node.labels),
  resourcesUrl: node.resourcesUrl,
  maxInFlight: node.maxInFlight,
  requestHeaders: editValues(node.requestHeaders),
  credentials: node.credentials.map(({ in: place, name, value }) =>
    "secret" in value ? { in: place, name, value: "", kept: value.secret } : { in: place, name, value: value.value },
  ),
  isRateLimited: node.rateLimit !== null,
  rateLimit: node.rateLimit ?? NEW_NODE.rateLimit,
  hasQuota: node.quota !== null,
  quota: node.quota ?? NEW_NODE.quota,
});

export const nodeInput = ({ isRateLimited, hasQuota, ...values }: NodeValues) => ({
  ...values,
  labels: labelsInput(values.labels),
  requestHeaders: editsInput(values.requestHeaders),
  credentials: values.credentials.map((row) => ({ in: row.in, name: row.name.trim(), value: secretInput(row) })),
  rateLimit: isRateLimited ? values.rateLimit : null,
  quota: hasQuota ? values.quota : null,
});

/** Faults stand at the form's own fields. */
export const nodePath = (path: readonly (string | number)[], values: NodeValues): string => {
  // A fault within a secret stands at its input.
  if (path[0] === "credentials") return path.slice(0, 3).join(".");
  return path[0] === "requestHeaders" && path.length < 5
    ? editPath(values.requestHeaders, "requestHeaders", path.slice(1))
    : labelsPath(path.join("."));
};
