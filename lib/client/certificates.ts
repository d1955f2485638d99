import { queryOptions } from "@tanstack/react-query";
import { CertificateView } from "#lib/contracts/certificates.ts";
import { listOf } from "#lib/contracts/views.ts";
import { call } from "./api.ts";
import { keys } from "./queries.ts";

/** Nobody tells of changes; others' are seen within a minute. */
export const certificatesQuery = queryOptions({
  queryKey: keys.certificates,
  queryFn: async ({ signal }) => (await call("/certificates", listOf(CertificateView), { signal })).items,
  refetchInterval: 60_000,
});
