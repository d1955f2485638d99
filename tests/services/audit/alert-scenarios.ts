// Scenarios of the endpoints of alerts that change something.
import { randomUUID } from "node:crypto";
import type { Answered } from "../harness.ts";
import type { Prepared, Scenario } from "./scenarios.ts";

const short = () => randomUUID().slice(0, 8);
const alertRule = () => ({ key: `r-${short()}`, condition: { kind: "latency" } });
const silence = () => ({
  matchers: { pools: ["pay*"] },
  comment: "deploy",
  endsAt: new Date(Date.now() + 3_600_000).toISOString(),
});
const maintenance = () => ({
  name: `w ${short()}`,
  schedule: { timeZone: "Europe/Berlin", start: "02:30", durationMinutes: 30 },
});

type Made = (method: string, path: string, body: unknown) => Promise<Answered["body"]>;
type Tools = {
  made: Made;
  act: (method: string, path: string, body?: unknown) => Prepared;
  create: (path: string, body: () => unknown) => Scenario;
  onOne: (
    method: string,
    path: (id: string) => string,
    make: () => Promise<{ id: string }>,
    body?: unknown,
  ) => Scenario;
};

export const alertScenarios = ({ made, act, create, onOne }: Tools): Record<string, Scenario> => {
  const newSilence = () => made("POST", "/silences", silence());
  const newMaintenance = () => made("POST", "/maintenance-windows", maintenance());
  const patch = () => ({ level: 3, condition: { aboveMs: 400 + Math.random() } });
  return {
    createAlertRule: create("/alert-rules", alertRule),
    updateAlertRule: {
      good: async () => act("PATCH", "/alert-rules/latency", patch()),
      bad: async () => act("PATCH", "/alert-rules/none", { level: 3 }),
    },
    deleteAlertRule: {
      good: async () => {
        const { key } = await made("POST", "/alert-rules", alertRule());
        return act("DELETE", `/alert-rules/${key}`);
      },
      bad: async () => act("DELETE", "/alert-rules/none"),
    },
    createSilence: create("/silences", silence),
    updateSilence: onOne("PATCH", (id) => `/silences/${id}`, newSilence, { comment: "longer" }),
    endSilence: onOne("DELETE", (id) => `/silences/${id}`, newSilence),
    createMaintenanceWindow: create("/maintenance-windows", maintenance),
    updateMaintenanceWindow: onOne("PATCH", (id) => `/maintenance-windows/${id}`, newMaintenance, { mode: "expected" }),
    deleteMaintenanceWindow: onOne("DELETE", (id) => `/maintenance-windows/${id}`, newMaintenance),
  };
};
