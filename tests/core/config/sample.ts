// A small valid document for the tests of configuration: two pools, three nodes, two routes.
import { type ConfigDocument, EMPTY_CONFIG, NodeInput, PoolInput, RouteInput } from "#lib/contracts/config.ts";

export const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
export const PAYMENTS = id(1);
export const SEARCH = id(2);
export const SG_1 = id(11);
export const SG_2 = id(12);
export const EU_1 = id(21);
export const ROUTE_V1 = id(31);
export const ROUTE_ADMIN = id(32);
export const NEW = id(99);

export const pool = (over: object = {}) => PoolInput.parse({ name: "new", algorithm: "weighted-round-robin", ...over });
export const node = (over: object = {}) => NodeInput.parse({ name: "new", url: "http://10.0.0.9", ...over });
export const route = (over: object = {}) => RouteInput.parse({ match: {}, poolId: PAYMENTS, ...over });

export const sample = (): ConfigDocument => ({
  ...EMPTY_CONFIG,
  pools: [
    {
      id: PAYMENTS,
      ...pool({ name: "payments", isDefault: true }),
      nodes: [
        { id: SG_1, ...node({ name: "sg-1", url: "http://10.0.0.1:8080", weight: 5 }) },
        { id: SG_2, ...node({ name: "sg-2", url: "http://10.0.0.2:8080", weight: 3 }) },
      ],
    },
    { id: SEARCH, ...pool({ name: "search" }), nodes: [{ id: EU_1, ...node({ name: "eu-1" }) }] },
  ],
  routes: [
    { id: ROUTE_V1, ...route({ match: { host: "api.example.org", pathPrefix: "/v1" }, poolId: SEARCH }) },
    { id: ROUTE_ADMIN, ...route({ name: "admin", match: { pathPrefix: "/admin", method: "GET" } }) },
  ],
});

/** Freezes every level, so that whoever changes an input throws. */
export function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) for (const part of Object.values(Object.freeze(value))) frozen(part);
  return value;
}
