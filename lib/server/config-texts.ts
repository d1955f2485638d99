// What the JSON Schema of the configuration file says of what the dashboard's forms have no words for, or other ones.
import { en } from "#lib/i18n/messages/en/index.ts";

export const SECTION_TEXTS: Record<string, string> = {
  $schema: "For editors: where this schema is.",
  proxy: "Settings of the proxy as a whole. Left out: they stay as they are; {} is all defaults.",
  pools: "Pools of interchangeable nodes. Left out: they stay as they are.",
  routes: "Which requests go where. Left out: they stay as they are.",
};

const ID = "Its id. Only needed to give it another name, or to bring it back under its old id.";
const ADDRESSES = "Addresses (10.0.0.7) or ranges (10.0.0.0/8, 2001:db8::/32).";

export const PROXY_TEXTS: Record<string, string> = {
  alertRules:
    "Rules of alerts that were written or changed here, by key; those that come with the product need not be named.",
  "forwarding.trustedProxies": `${ADDRESSES} What a proxy there tells of the client (X-Forwarded-*, Forwarded) is kept and appended to; what anybody else claims is replaced.`,
  "proxyProtocol.from": `${ADDRESSES} Connections from there must begin with a header of the PROXY protocol, version 1 or 2.`,
};

export const POOL_TEXTS: Record<string, string> = {
  id: ID,
  algorithm: "How requests are spread over the nodes.",
  hashKey: "What a consistent hash is computed from.",
  "hashKey.from": "Where the key stands in a request.",
  "hashKey.name": "Of the header, cookie or query parameter.",
  nodes: "Its nodes. Left out: they stay as they are; [] is none, which deletes them with prune.",
  "healthCheck.http.headers": "Names to values of headers that the check sends.",
  "healthCheck.http.statuses": "Ranges of statuses that pass.",
  "healthCheck.business.headers": "Names to values of headers that the check sends.",
  "healthCheck.business.statuses": "Ranges of statuses that pass.",
  "retry.retryStatuses": "Statuses that are asked again of another node.",
};

const edits = (field: string): Record<string, string> => ({
  [`${field}.set`]: "Names to the one value that each has afterwards.",
  [`${field}.remove`]: "Names of headers that are not passed on.",
});

const node = en.nodes.form;
export const NODE_TEXTS: Record<string, string> = {
  name: "Unique in its pool.",
  id: ID,
  url: node.urlHelp,
  weight: node.weightHelp,
  backup: node.backupHelp,
  priority: node.priorityHelp,
  zone: node.zoneHelp,
  labels: `${node.labelsHelp} Names to values.`,
  maxInFlight: `Requests at once, per worker. 0: no limit.`,
  rateLimit: `null: none. ${node.rateLimitedHelp}`,
  "rateLimit.requests": "Requests in windowMs.",
  "rateLimit.burst": node.burstHelp,
  quota: `null: none. ${node.hasQuotaHelp}`,
  "rateLimit.windowMs": "Milliseconds.",
  "quota.requests": "Requests in each span.",
  "quota.per": node.quotaPerHelp,
  requestHeaders: "Changed in the requests that this node gets, after the route's edits.",
  ...edits("requestHeaders"),
  credentials: `${en.nodes.credentials.help} A text or {"value": …} gives a new one, {"secret": …} keeps the one that is there.`,
};

const route = en.routes.form;
export const ROUTE_TEXTS: Record<string, string> = {
  name: route.nameHelp,
  id: ID,
  match: "Requests that it is for; {} is every request.",
  "match.host": route.hostHelp,
  "match.pathPrefix": route.prefixHelp,
  "match.method": "Upper-case, such as GET.",
  "match.headers": route.headersHelp,
  pool: "Name of the pool that gets the requests.",
  poolId: "The same by id.",
  action: "Instead of a pool: a redirect, or a fixed answer.",
  "action.kind": "redirect or respond.",
  "action.status": "Of the answer.",
  "action.contentType": "Of the answer's body.",
  "action.headers": "Further headers of the answer.",
  "action.location": route.locationHelp,
  "action.body": route.bodyHelp,
  pathRewrite: "Takes the place of the matched prefix in the path that the node sees; null: forwarded unchanged.",
  requestHeaders: "Changed in requests on their way to a node.",
  ...edits("requestHeaders"),
  responseHeaders: "Changed in answers on their way to the client.",
  ...edits("responseHeaders"),
  maxBodyBytes: route.maxBodyHelp,
  rateLimit: "Requests over time that it lets through; null: no limit.",
  "rateLimit.requests": "Requests in windowMs.",
  "rateLimit.windowMs": "Milliseconds.",
  "rateLimit.burst": "How many may come at once. 0: as many as the requests.",
  "rateLimit.key": "Whose requests are counted together.",
  "rateLimit.key.from": "Where the key stands in a request.",
  "rateLimit.key.name": "Of the header, cookie or query parameter.",
  requestClass: route.requestClassHelp,
  hedge: route.hedgeHelp,
  recording: "What is kept and logged of its requests, instead of what its pool says; null: as there.",
  "recording.enabled": route.recording.enabledHelp,
  "recording.sampleRatio": route.recording.sampleRatioHelp,
  "recording.slowMs": route.recording.slowMsHelp,
  "recording.logRatio": route.recording.logRatioHelp,
};
