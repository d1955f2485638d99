import { queryOptions } from "@tanstack/react-query";
import type { CertificateView } from "#lib/contracts/certificates.ts";
import { call, type ListOf } from "./api.ts";
import { keys } from "./queries.ts";

/** Nobody tells of changes; others' are seen within a minute. */
export const certificatesQuery = queryOptions({
  queryKey: keys.certificates,
  queryFn: async ({ signal }) => (await call<ListOf<CertificateView>>("/certificates", { signal })).items,
  refetchInterval: 60_000,
});
