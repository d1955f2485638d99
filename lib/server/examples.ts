// Examples of bodies for the OpenAPI document and the reference page; each is one that its endpoint takes.

const NODE = { name: "a", url: "http://10.0.0.7:8080", weight: 5 };
const POOL = { name: "payments", algorithm: "least-connections" };
const SOME_ID = "3f1c2f6e-6a53-4d52-9a57-0d6c8f5b7a10";

/** By operationId. */
export const EXAMPLES: Readonly<Record<string, unknown>> = {
  createPool: { ...POOL, isDefault: true, nodes: [NODE, { name: "b", url: "http://10.0.0.8:8080", weight: 3 }] },
  updatePool: { algorithm: "peak-ewma", breaker: { openMs: 10_000 } },
  createNode: NODE,
  updateNode: { weight: 8 },
  createRoute: { match: { host: "api.example.org", pathPrefix: "/payments" }, poolId: SOME_ID },
  updateRoute: { pathRewrite: "/" },
  updateProxySettings: { clientLimits: { headMs: 5_000 } },
  drainNode: { timeoutMs: 60_000 },
  preflightNodes: { action: "drain", nodeIds: [SOME_ID] },
  operateNodes: { action: "drain", nodeIds: [SOME_ID], timeoutMs: 60_000 },
  maintainNode: { override: false },
  pushNodeResources: {
    cpuRatio: 0.42,
    memoryUsedBytes: 3_221_225_472,
    memoryLimitBytes: 8_589_934_592,
    queueBacklog: 17,
  },
  tripBreaker: { forMs: 600_000 },
  startCanaryOfChangeSet: { settings: { sharePercent: 5, durationMs: 900_000 }, note: "weights of spring", version: 3 },
  startCanaryOfRevision: { settings: { sharePercent: 25, minRequests: 1_000 }, note: "as before the move" },
  startCanary: {
    operations: [{ op: "pool.update", id: SOME_ID, patch: { algorithm: "peak-ewma" } }],
    settings: { sharePercent: 10, maxSuccessDropPoints: 0.5 },
  },
  promoteCanary: { note: "compared by hand" },
  abortCanary: { note: "another kind of answer" },
  noteAlert: { note: "A deploy of the node; it is back" },
  createAlertRule: {
    key: "slow-and-busy",
    name: "Slow while busy",
    level: 2,
    condition: { kind: "expression", expression: "p99_ms > 800 and requests_per_second > 10", windowMs: 300_000 },
    forMs: 60_000,
  },
  updateAlertRule: { level: 1, condition: { aboveMs: 800 } },
  backTestAlertRule: { rule: { condition: { kind: "error-rate", aboveRatio: 0.02 } }, rangeMs: 604_800_000 },
  createSilence: {
    matchers: { pools: ["payments"], nodes: ["sg-*"] },
    comment: "deploy of sg",
    endsAt: "2027-01-01T12:00:00Z",
  },
  updateSilence: { endsAt: "2027-01-01T13:00:00Z" },
  createMaintenanceWindow: {
    name: "backups",
    matchers: { pools: ["payments"] },
    schedule: { timeZone: "Europe/Berlin", weekdays: [7], start: "02:00", durationMinutes: 60 },
  },
  updateMaintenanceWindow: { mode: "expected" },
  rollBack: { note: "errors since revision 42" },
  createToken: { name: "deploy", role: "publisher" },
  importConfig: {
    pools: [{ ...POOL, nodes: [NODE] }],
    routes: [{ match: { pathPrefix: "/payments" }, pool: "payments" }],
  },
};

/** What each tag is about; one that is not here has its name alone. */
export const TAGS: Readonly<Record<string, string>> = {
  Pools: "Sets of interchangeable nodes, and how requests are spread over them",
  Nodes: "Upstream endpoints, with their facts and status",
  "Node operations": "Drain, maintenance, warm-up, breaker: immediate, and in no revision",
  Routes: "Which requests go to which pool, or are answered at once",
  Proxy: "Settings of the proxy as a whole",
  Certificates: "Certificates of the TLS listener",
  "Configuration as code": "The whole configuration as a file",
  Revisions: "What was published, and the way back",
  "Change sets": "Edits that are collected, reviewed and published together",
  Canaries: "Configurations that a share of the clients uses first, promoted or rolled back by what is measured",
  Notifications: "Whom alerts are told to, and what came of it",
  Alerts: "What needed attention, and what needs it now",
  Audit: "Who did what",
  Retention: "How long histories are kept, and what they take of the disk",
  "Demo fleet": "Sample pools, nodes and traffic, started and removed in one call each",
  Observation: "Figures, events and the state of the system",
  Access: "Who this is, and API tokens",
  People: "Accounts and invitations",
  Account: "One's own account",
};
