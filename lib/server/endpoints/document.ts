import { z } from "zod";
import type { Endpoint } from "#lib/server/endpoint.ts";
import { openApiDocument } from "#lib/server/openapi.ts";

/** The endpoint that describes all others, and itself. */
export function documentEndpoint(others: readonly Endpoint[]): Endpoint {
  let document: Record<string, unknown> | undefined;
  const endpoint: Endpoint = {
    method: "GET",
    path: "/openapi.json",
    operationId: "getOpenApi",
    tag: "Observation",
    summary: "This document",
    role: "viewer",
    reach: "anybody",
    output: z.record(z.string(), z.unknown()),
    handle: async () => {
      document ??= openApiDocument([...others, endpoint]);
      return { body: document };
    },
  };
  return endpoint;
}
