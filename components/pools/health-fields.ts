// Fields of the health check: what holds for all of it, then each level by itself.
import type { Field } from "./setting-groups.ts";

type Rhythm = "enabled" | "intervalMs" | "timeoutMs";
type Request = "method" | "path" | "host" | "headers" | "body" | "statuses";
export type HealthPath =
  | `healthCheck.${Rhythm | "credentials" | "fall" | "rise" | "jitterRatio" | "changingIntervalFactor" | "downIntervalFactor"}`
  | `healthCheck.tcp.${Rhythm}`
  | `healthCheck.http.${Rhythm | Request}`
  | `healthCheck.business.${Rhythm | Request | "maxBodyBytes" | "expect"}`
  | `healthCheck.grpc.${Rhythm | "service"}`;

const METHODS = ["GET", "HEAD", "OPTIONS", "POST"] as const;
type Level = "tcp" | "http" | "business" | "grpc";

const rhythm = (level: Level): Field[] => [
  { kind: "switch", path: `healthCheck.${level}.enabled` },
  { kind: "rhythm", path: `healthCheck.${level}.intervalMs` },
  { kind: "rhythm", path: `healthCheck.${level}.timeoutMs` },
];
const request = (level: "http" | "business"): Field[] => [
  { kind: "select", path: `healthCheck.${level}.method`, options: METHODS },
  { kind: "text", path: `healthCheck.${level}.path` },
  { kind: "text", path: `healthCheck.${level}.host` },
  { kind: "statuses", path: `healthCheck.${level}.statuses` },
  { kind: "headers", path: `healthCheck.${level}.headers` },
  { kind: "lines", path: `healthCheck.${level}.body` },
];

export const HEALTH_FIELDS: Record<"healthCheck" | "checkTcp" | "checkHttp" | "checkBusiness" | "checkGrpc", Field[]> =
  {
    healthCheck: [
      { kind: "switch", path: "healthCheck.enabled" },
      { kind: "switch", path: "healthCheck.credentials" },
      { kind: "duration", path: "healthCheck.intervalMs" },
      { kind: "duration", path: "healthCheck.timeoutMs" },
      { kind: "count", path: "healthCheck.fall" },
      { kind: "count", path: "healthCheck.rise" },
      { kind: "percent", path: "healthCheck.jitterRatio" },
      { kind: "factor", path: "healthCheck.changingIntervalFactor" },
      { kind: "factor", path: "healthCheck.downIntervalFactor" },
    ],
    checkTcp: rhythm("tcp"),
    checkHttp: [...rhythm("http"), ...request("http")],
    checkBusiness: [
      ...rhythm("business"),
      ...request("business"),
      { kind: "count", path: "healthCheck.business.maxBodyBytes" },
      { kind: "expectations", path: "healthCheck.business.expect" },
    ],
    checkGrpc: [...rhythm("grpc"), { kind: "text", path: "healthCheck.grpc.service" }],
  };
