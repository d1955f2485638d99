import { Patch, ProxySettings } from "#lib/contracts/config.ts";
import { Mutated } from "#lib/contracts/views.ts";
import { configuration, published } from "#lib/server/answers.ts";
import { type Endpoint, targetOf } from "#lib/server/endpoint.ts";
import { getProxySettings } from "#lib/services/proxy/read-proxy-settings.ts";
import { updateProxySettings } from "#lib/services/proxy/update-proxy-settings.ts";

const tag = "Proxy";

export const PROXY_SETTINGS_ENDPOINTS: Endpoint[] = [
  {
    method: "GET",
    path: "/proxy-settings",
    operationId: "getProxySettings",
    tag,
    summary: "Read the settings of the proxy as a whole",
    role: "viewer",
    readsChangeSet: true,
    output: ProxySettings,
    handle: async (call, actor) => configuration(await getProxySettings(actor, call.changeSet)),
  },
  {
    method: "PATCH",
    path: "/proxy-settings",
    operationId: "updateProxySettings",
    tag,
    summary: "Change the settings of the proxy as a whole",
    description: "Fields left out stay; groups of settings are merged one level deep. No connection is dropped.",
    role: "publisher",
    input: Patch,
    output: Mutated(ProxySettings.shape),
    publishes: true,
    handle: async (call, actor) => published(await updateProxySettings(actor, call.input, targetOf(call))),
  },
];
