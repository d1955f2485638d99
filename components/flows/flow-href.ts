// Addresses of the traffic of a route, and of a class of a pool.
import type { Route } from "next";

export const routeHref = (id: string): Route => `/routes?route=${id}` as Route;
export const classHref = (poolId: string, name: string): Route =>
  `/pools/${poolId}?tab=traffic&class=${encodeURIComponent(name)}` as Route;
