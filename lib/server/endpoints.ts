// Every endpoint of the REST API. What is not in this table does not exist, and what is in it is in the document.
import type { Endpoint } from "#lib/server/endpoint.ts";
import { ACCESS_ENDPOINTS } from "#lib/server/endpoints/access.ts";
import { ACCOUNT_ENDPOINTS } from "#lib/server/endpoints/account.ts";
import { ALERT_ENDPOINTS } from "#lib/server/endpoints/alerts.ts";
import { CANARY_ENDPOINTS } from "#lib/server/endpoints/canaries.ts";
import { CERTIFICATE_ENDPOINTS } from "#lib/server/endpoints/certificates.ts";
import { CHANGE_SET_ENDPOINTS } from "#lib/server/endpoints/change-sets.ts";
import { CONFIG_ENDPOINTS } from "#lib/server/endpoints/config.ts";
import { DEMO_ENDPOINTS } from "#lib/server/endpoints/demo.ts";
import { documentEndpoint } from "#lib/server/endpoints/document.ts";
import { HISTORY_ENDPOINTS } from "#lib/server/endpoints/history.ts";
import { NODE_OPERATION_ENDPOINTS } from "#lib/server/endpoints/node-operations.ts";
import { NODE_ENDPOINTS } from "#lib/server/endpoints/nodes.ts";
import { NOTIFICATION_ENDPOINTS } from "#lib/server/endpoints/notifications.ts";
import { OBSERVE_ENDPOINTS } from "#lib/server/endpoints/observe.ts";
import { PEOPLE_ENDPOINTS } from "#lib/server/endpoints/people.ts";
import { POOL_ENDPOINTS } from "#lib/server/endpoints/pools.ts";
import { PROXY_SETTINGS_ENDPOINTS } from "#lib/server/endpoints/proxy-settings.ts";
import { REQUEST_ENDPOINTS } from "#lib/server/endpoints/requests.ts";
import { RESOURCE_ENDPOINTS } from "#lib/server/endpoints/resources.ts";
import { RETENTION_ENDPOINTS } from "#lib/server/endpoints/retention.ts";
import { ROUTE_ENDPOINTS } from "#lib/server/endpoints/routes.ts";
import { SILENCE_ENDPOINTS } from "#lib/server/endpoints/silences.ts";

const DESCRIBED: readonly Endpoint[] = [
  ...POOL_ENDPOINTS,
  ...NODE_ENDPOINTS,
  ...NODE_OPERATION_ENDPOINTS,
  ...ROUTE_ENDPOINTS,
  ...PROXY_SETTINGS_ENDPOINTS,
  ...CHANGE_SET_ENDPOINTS,
  ...CERTIFICATE_ENDPOINTS,
  ...CONFIG_ENDPOINTS,
  ...HISTORY_ENDPOINTS,
  ...CANARY_ENDPOINTS,
  ...ALERT_ENDPOINTS,
  ...SILENCE_ENDPOINTS,
  ...OBSERVE_ENDPOINTS,
  ...RESOURCE_ENDPOINTS,
  ...REQUEST_ENDPOINTS,
  ...NOTIFICATION_ENDPOINTS,
  ...RETENTION_ENDPOINTS,
  ...DEMO_ENDPOINTS,
  ...ACCESS_ENDPOINTS,
  ...PEOPLE_ENDPOINTS,
  ...ACCOUNT_ENDPOINTS,
];

export const ENDPOINTS: readonly Endpoint[] = [...DESCRIBED, documentEndpoint(DESCRIBED)];
