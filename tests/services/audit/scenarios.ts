// What each endpoint that changes something is called with in the tests of the audit: once well, once badly.
import { randomUUID } from "node:crypto";
import { bootstrapAccess } from "#lib/store/bootstrap-access.ts";
import { databaseUrl } from "#lib/store/db.ts";
import { makeCertificate } from "#tests/support/certificates.ts";
import { type Answered, api, cookieOf, makeNode, makePool, ORIGIN, signIn } from "../harness.ts";
import { alertScenarios } from "./alert-scenarios.ts";
import { demoScenarios } from "./demo-scenarios.ts";

const ROOT = "root@example.org";
const password = "correct horse battery";
let cookie = "";
/** Makes the administrator as whom people act. */
export async function beginScenarios(): Promise<void> {
  await bootstrapAccess(databaseUrl(), { adminEmail: ROOT, adminPassword: password });
  cookie = cookieOf(await signIn(ROOT, password));
}

/** Nothing is published while one runs. */
export async function endCanary(): Promise<void> {
  const [latest] = (await admin("GET", "/canaries?limit=1")).body.items;
  if (latest?.state === "running") await made("POST", `/canaries/${latest.id}/abort`, {});
}

const NOBODY = "00000000-0000-4000-8000-000000000000";
const short = () => randomUUID().slice(0, 8);
const admin = (method: string, path: string, body?: unknown) => api(method, path, { as: "admin", body });
const person = (method: string, path: string, body?: unknown) =>
  api(method, path, { headers: { cookie, origin: ORIGIN }, body });
/** Makes what a scenario needs; throws when that fails. */
async function made(method: string, path: string, body: unknown): Promise<Answered["body"]> {
  const answer = await admin(method, path, body);
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}
const newPerson = async () => {
  const { token } = await made("POST", "/invitations", { email: `${short()}@example.org`, role: "viewer" });
  return made("POST", "/invitations/accept", { token, name: "New", password });
};
const invitation = () => made("POST", "/invitations", { email: `${short()}@example.org`, role: "viewer" });
const certificate = makeCertificate({ commonName: "a.example.org", names: ["a.example.org"] });
const pair = () => ({ name: `c ${short()}`, chain: certificate.cert, privateKey: certificate.key });
const channel = () => ({
  name: `n-${short()}`,
  target: { kind: "slack", url: "https://hooks.example.org/services/T/B/x" },
});
const pool = () => ({ name: `p ${short()}`, algorithm: "weighted-round-robin" });
const node = async () => makeNode((await makePool()).id);
const route = async () =>
  made("POST", "/routes", { match: { pathPrefix: `/${short()}` }, poolId: (await makePool()).id });

/** Prepares, then answers with the call that is looked at: a good one and one that must fail. */
export type Prepared = () => Promise<Answered>;
export type Scenario = { good: () => Promise<Prepared>; bad: () => Promise<Prepared> };
const call =
  (by: typeof admin, method: string, path: string, body?: unknown): Prepared =>
  () =>
    by(method, path, body);
const create = (path: string, body: () => unknown): Scenario => ({
  good: async () => call(admin, "POST", path, body()),
  bad: async () => call(admin, "POST", path, { not: "known" }),
});
const onOne = (
  method: string,
  path: (id: string) => string,
  make: () => Promise<{ id: string }>,
  body?: unknown,
): Scenario => ({
  good: async () => call(admin, method, path((await make()).id), body),
  bad: async () => call(admin, method, path(NOBODY), body),
});
const onNode = (action: string, before: string[] = []): Scenario => ({
  good: async () => {
    const { id } = await node();
    for (const each of before) await made("POST", `/nodes/${id}/${each}`, {});
    return call(admin, "POST", `/nodes/${id}/${action}`, {});
  },
  bad: async () => call(admin, "POST", `/nodes/${NOBODY}/${action}`, {}),
});

const changeSet = () => made("POST", "/change-sets", { name: `s ${short()}` });
let connections = 1_000;
/** Another one each time: an edit that changes nothing is told to nobody. */
const edit = () => ({ op: "proxy.update", patch: { connections: { max: connections++ } } });
const canary = () => made("POST", "/canaries", { operations: [edit()] });
/** A change set with one edit of a pool of its own. */
async function staged(): Promise<{ id: string; entry: string }> {
  const { id } = await changeSet();
  await made("PATCH", `/pools/${(await makePool()).id}?changeSet=${id}`, { breaker: { openMs: 777 } });
  const { operations } = (await admin("GET", `/change-sets/${id}`)).body;
  return { id, entry: operations[0].id };
}

export const SCENARIOS: Record<string, Scenario> = {
  createPool: create("/pools", pool),
  updatePool: onOne("PATCH", (id) => `/pools/${id}`, makePool, { breaker: { openMs: 777 } }),
  deletePool: onOne("DELETE", (id) => `/pools/${id}`, makePool),
  createNode: {
    good: async () =>
      call(admin, "POST", `/pools/${(await makePool()).id}/nodes`, { name: "n", url: "http://127.0.0.1:1" }),
    bad: async () => call(admin, "POST", `/pools/${(await makePool()).id}/nodes`, { name: "n", url: "nowhere" }),
  },
  updateNode: onOne("PATCH", (id) => `/nodes/${id}`, node, { weight: 7 }),
  deleteNode: onOne("DELETE", (id) => `/nodes/${id}?confirm=all`, node),
  changeNodes: {
    good: async () =>
      call(admin, "POST", "/nodes/bulk", { changes: [{ do: "update", id: (await node()).id, patch: { weight: 7 } }] }),
    bad: async () => call(admin, "POST", "/nodes/bulk", { changes: [{ do: "delete", id: NOBODY }] }),
  },
  drainNode: onNode("drain"),
  readyNode: onNode("ready", ["maintenance"]),
  maintainNode: onNode("maintenance"),
  operateNodes: {
    good: async () => call(admin, "POST", "/nodes/operations", { action: "drain", nodeIds: [(await node()).id] }),
    bad: async () => call(admin, "POST", "/nodes/operations", { action: "drain", nodeIds: [] }),
  },
  warmUpNode: onNode("warm-up"),
  skipWarmUp: onNode("skip-warm-up", ["warm-up"]),
  tripBreaker: onNode("trip-breaker"),
  resetBreaker: onNode("reset-breaker"),
  createRoute: {
    good: async () =>
      call(admin, "POST", "/routes", { match: { pathPrefix: `/${short()}` }, poolId: (await makePool()).id }),
    bad: async () => call(admin, "POST", "/routes", { match: { pathPrefix: "x" } }),
  },
  updateRoute: onOne("PATCH", (id) => `/routes/${id}`, route, { match: { pathPrefix: `/${short()}` } }),
  deleteRoute: onOne("DELETE", (id) => `/routes/${id}`, route),
  updateProxySettings: {
    good: async () => call(admin, "PATCH", "/proxy-settings", { forwarding: { sendForwarded: true } }),
    bad: async () => call(admin, "PATCH", "/proxy-settings", { not: "known" }),
  },
  importConfig: {
    good: async () =>
      call(admin, "PUT", "/config?confirmWarnings=true", {
        pools: [{ name: `as code ${short()}`, algorithm: "peak-ewma" }],
      }),
    bad: async () => call(admin, "PUT", "/config", { pools: [{ name: "as code", algorithm: "dice" }] }),
  },
  rollBack: {
    good: async () => {
      await makePool();
      await makePool();
      return call(admin, "POST", "/revisions/1/rollback", {});
    },
    bad: async () => call(admin, "POST", "/revisions/999999/rollback", {}),
  },
  ...demoScenarios,
  createCertificate: create("/certificates", pair),
  updateCertificate: onOne(
    "PATCH",
    (id) => `/certificates/${id}`,
    () => made("POST", "/certificates", pair()),
    { isDefault: true },
  ),
  deleteCertificate: onOne(
    "DELETE",
    (id) => `/certificates/${id}`,
    () => made("POST", "/certificates", pair()),
  ),
  createNotificationChannel: create("/notification-channels", channel),
  updateNotificationChannel: onOne(
    "PATCH",
    (id) => `/notification-channels/${id}`,
    () => made("POST", "/notification-channels", channel()),
    { name: `n-${short()}` },
  ),
  deleteNotificationChannel: onOne(
    "DELETE",
    (id) => `/notification-channels/${id}`,
    () => made("POST", "/notification-channels", channel()),
  ),
  createChangeSet: create("/change-sets", () => ({ name: `s ${short()}` })),
  renameChangeSet: onOne("PATCH", (id) => `/change-sets/${id}`, changeSet, { name: `r ${short()}` }),
  discardChangeSet: onOne("DELETE", (id) => `/change-sets/${id}`, changeSet),
  addOperations: {
    good: async () =>
      call(admin, "POST", `/change-sets/${(await changeSet()).id}/operations`, { operations: [edit()] }),
    bad: async () => call(admin, "POST", `/change-sets/${(await changeSet()).id}/operations`, { operations: [] }),
  },
  removeOperation: {
    good: async () => {
      const { id, entry } = await staged();
      return call(admin, "DELETE", `/change-sets/${id}/operations/${entry}`);
    },
    bad: async () => call(admin, "DELETE", `/change-sets/${(await changeSet()).id}/operations/${NOBODY}`),
  },
  publishChangeSet: {
    good: async () => {
      const { id } = await changeSet();
      await made("POST", `/change-sets/${id}/operations`, { operations: [edit()] });
      return call(admin, "POST", `/change-sets/${id}/publish`, {});
    },
    bad: async () => call(admin, "POST", `/change-sets/${NOBODY}/publish`, {}),
  },
  startCanary: {
    good: async () => call(admin, "POST", "/canaries", { operations: [edit()] }),
    bad: async () => call(admin, "POST", "/canaries", { operations: [] }),
  },
  startCanaryOfRevision: {
    good: async () => {
      const { revision } = await made("PATCH", "/proxy-settings", edit().patch);
      return call(admin, "POST", `/revisions/${Number(revision) - 1}/canary`, {});
    },
    bad: async () => call(admin, "POST", "/revisions/999999/canary", {}),
  },
  startCanaryOfChangeSet: {
    good: async () => {
      const { id } = await changeSet();
      await made("POST", `/change-sets/${id}/operations`, { operations: [edit()] });
      return call(admin, "POST", `/change-sets/${id}/canary`, {});
    },
    bad: async () => call(admin, "POST", `/change-sets/${NOBODY}/canary`, {}),
  },
  promoteCanary: onOne("POST", (id) => `/canaries/${id}/promote`, canary, {}),
  abortCanary: onOne("POST", (id) => `/canaries/${id}/abort`, canary, {}),
  updateRetention: {
    good: async () => call(admin, "PATCH", "/retention", { healthEventDays: 45 }),
    bad: async () => call(admin, "PATCH", "/retention", { auditDays: 29 }),
  },
  createToken: create("/tokens", () => ({ name: `t ${short()}`, role: "viewer" })),
  revokeToken: onOne(
    "DELETE",
    (id) => `/tokens/${id}`,
    () => made("POST", "/tokens", { name: `t ${short()}`, role: "viewer" }),
  ),
  invite: create("/invitations", () => ({ email: `${short()}@example.org`, role: "viewer" })),
  renewInvitation: onOne("POST", (id) => `/invitations/${id}/renew`, invitation, {}),
  revokeInvitation: onOne("DELETE", (id) => `/invitations/${id}`, invitation),
  acceptInvitation: {
    good: async () =>
      call(admin, "POST", "/invitations/accept", { token: (await invitation()).token, name: "New", password }),
    bad: async () => call(admin, "POST", "/invitations/accept", { token: "not a token", name: "New", password }),
  },
  updatePerson: onOne("PATCH", (id) => `/people/${id}`, newPerson, { role: "operator" }),
  removePerson: onOne("DELETE", (id) => `/people/${id}`, newPerson),
  endPersonSessions: {
    good: async () => {
      const { id, email } = await newPerson();
      await signIn(email, password);
      return call(admin, "DELETE", `/people/${id}/sessions`);
    },
    bad: async () => call(admin, "DELETE", `/people/${NOBODY}/sessions`),
  },
  updateAccount: {
    good: async () => call(person, "PATCH", "/account", { name: `Root ${short()}` }),
    bad: async () => call(person, "PATCH", "/account", { name: "" }),
  },
  changePassword: {
    good: async () => call(person, "POST", "/account/password", { currentPassword: password, newPassword: password }),
    bad: async () => call(person, "POST", "/account/password", { currentPassword: password, newPassword: "short" }),
  },
  endOwnSession: {
    good: async () => {
      await signIn(ROOT, password);
      const { items } = (await person("GET", "/account/sessions")).body;
      const other = items.find((each: { isCurrent: boolean }) => !each.isCurrent);
      return call(person, "DELETE", `/account/sessions/${other.id}`);
    },
    bad: async () => call(person, "DELETE", `/account/sessions/${NOBODY}`),
  },
  ...alertScenarios({ made, act: (method, path, body) => call(admin, method, path, body), create, onOne }),
  endOtherSessions: {
    good: async () => {
      await signIn(ROOT, password);
      return call(person, "DELETE", "/account/sessions");
    },
    bad: async () => call(admin, "DELETE", "/account/sessions"),
  },
};

/** What changes nothing, and what cannot be done without a worker or a receiver: the tests named have its audit. */
export const ELSEWHERE: Record<string, string> = {
  acknowledgeAlert: "tests/services/history.test.ts",
  noteAlert: "tests/services/alerts.test.ts",
  backTestAlertRule: "changes nothing",
  preflightNodes: "changes nothing",
  resetQuota: "tests/services/quota.test.ts",
  pushNodeResources: "tests/services/resources.test.ts",
  openInvitation: "reads what a link invites to",
  replaceOperation: "tests/services/change-sets.test.ts",
  resolveConflicts: "tests/services/change-set-conflicts.test.ts",
  probeNode: "tests/services/probe.test.ts",
  testNotificationChannel: "tests/services/notifications.test.ts",
  retryNotificationDelivery: "tests/services/notifications.test.ts",
};
