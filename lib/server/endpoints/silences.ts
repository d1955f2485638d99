import { pageOf } from "#lib/contracts/common.ts";
import {
  SilenceInput,
  SilencePatch,
  SilenceQuery,
  SilenceView,
  WindowInput,
  WindowPatch,
  WindowView,
} from "#lib/contracts/silences.ts";
import { listOf } from "#lib/contracts/views.ts";
import { type Endpoint, param } from "#lib/server/endpoint.ts";
import {
  createWindow,
  deleteWindow,
  getWindow,
  listWindows,
  updateWindow,
} from "#lib/services/maintenance-windows/windows.ts";
import { createSilence, endSilence, getSilence, listSilences, updateSilence } from "#lib/services/silences/silences.ts";

const tag = "Alerts";

const SILENCES: Endpoint[] = [
  {
    method: "GET",
    path: "/silences",
    operationId: "listSilences",
    tag,
    summary: "Silences, the one that ends last first",
    role: "viewer",
    query: SilenceQuery,
    output: pageOf(SilenceView),
    handle: async ({ query }, actor) => ({ body: await listSilences(actor, query) }),
  },
  {
    method: "POST",
    path: "/silences",
    operationId: "createSilence",
    tag,
    summary: "Keep alerts from being told, until a given time",
    description:
      "In force at once. What it matches is recorded and shown all the same, and told when the silence ends and it still fires.",
    role: "operator",
    input: SilenceInput,
    output: SilenceView,
    status: 201,
    handle: async ({ input }, actor) => {
      const silence = await createSilence(actor, input);
      return { body: silence, headers: { location: `/api/v1/silences/${silence.id}` } };
    },
  },
  {
    method: "GET",
    path: "/silences/{id}",
    operationId: "getSilence",
    tag,
    summary: "Read a silence",
    role: "viewer",
    output: SilenceView,
    handle: async (call, actor) => ({ body: await getSilence(actor, param(call, "id")) }),
  },
  {
    method: "PATCH",
    path: "/silences/{id}",
    operationId: "updateSilence",
    tag,
    summary: "Move a silence's end, or reword why it is there",
    role: "operator",
    input: SilencePatch,
    output: SilenceView,
    problems: ["conflict"],
    handle: async (call, actor) => ({ body: await updateSilence(actor, param(call, "id"), call.input) }),
  },
  {
    method: "DELETE",
    path: "/silences/{id}",
    operationId: "endSilence",
    tag,
    summary: "End a silence now",
    description: "What it muted and still fires is told. It stays in the list.",
    role: "operator",
    output: SilenceView,
    problems: ["conflict"],
    handle: async (call, actor) => ({ body: await endSilence(actor, param(call, "id")) }),
  },
];

const WINDOWS: Endpoint[] = [
  {
    method: "GET",
    path: "/maintenance-windows",
    operationId: "listMaintenanceWindows",
    tag,
    summary: "Maintenance windows, by name",
    role: "viewer",
    output: listOf(WindowView),
    handle: async (_, actor) => ({ body: { items: await listWindows(actor) } }),
  },
  {
    method: "POST",
    path: "/maintenance-windows",
    operationId: "createMaintenanceWindow",
    tag,
    summary: "Add a window that opens again and again",
    description:
      "By the clocks of its time zone. `mute`: alerts are not told while it is open; `expected`: told with its name.",
    role: "operator",
    input: WindowInput,
    output: WindowView,
    status: 201,
    problems: ["duplicate-name"],
    handle: async ({ input }, actor) => {
      const window = await createWindow(actor, input);
      return { body: window, headers: { location: `/api/v1/maintenance-windows/${window.id}` } };
    },
  },
  {
    method: "GET",
    path: "/maintenance-windows/{id}",
    operationId: "getMaintenanceWindow",
    tag,
    summary: "Read a maintenance window",
    role: "viewer",
    output: WindowView,
    handle: async (call, actor) => ({ body: await getWindow(actor, param(call, "id")) }),
  },
  {
    method: "PATCH",
    path: "/maintenance-windows/{id}",
    operationId: "updateMaintenanceWindow",
    tag,
    summary: "Change a maintenance window",
    role: "operator",
    input: WindowPatch,
    output: WindowView,
    problems: ["duplicate-name"],
    handle: async (call, actor) => ({ body: await updateWindow(actor, param(call, "id"), call.input) }),
  },
  {
    method: "DELETE",
    path: "/maintenance-windows/{id}",
    operationId: "deleteMaintenanceWindow",
    tag,
    summary: "Remove a maintenance window",
    role: "operator",
    status: 204,
    handle: async (call, actor) => {
      await deleteWindow(actor, param(call, "id"));
      return {};
    },
  },
];

export const SILENCE_ENDPOINTS: Endpoint[] = [...SILENCES, ...WINDOWS];
