// A pool's settings while they are edited: as the API's input, but lists of statuses are text and the hash key keeps its name.
import type { FieldFault } from "#lib/client/forms.ts";
import { PoolInput } from "#lib/contracts/config.ts";
import { type HashValues, hashKeyOf, hashValues } from "./pool-values.ts";

type StatusRange = { from: number; to: number };
const RANGE = /^(\d{3})(?:\s*[-–]\s*(\d{3}))?$/;

/** `100-499, 503` → ranges; null when it is not that. */
export function parseStatuses(text: string): StatusRange[] | null {
  const parts = text.split(/[,,;]/).map((part) => part.trim());
  const ranges: StatusRange[] = [];
  for (const part of parts.filter((each) => each !== "")) {
    const [, from, to] = RANGE.exec(part) ?? [];
    if (from === undefined) return null;
    ranges.push({ from: Number(from), to: Number(to ?? from) });
  }
  return ranges;
}

export const statusesText = (ranges: readonly StatusRange[]): string =>
  ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(", ");

/** Single statuses only: a range has no place where each one is meant. */
const single = (text: string): number[] | null => {
  const ranges = parseStatuses(text);
  return ranges?.every(({ from, to }) => from === to) ? ranges.map(({ from }) => from) : null;
};

export type PoolValues = Omit<PoolInput, "hashKey" | "healthCheck" | "retry"> & {
  hashKey: HashValues;
  healthCheck: Omit<PoolInput["healthCheck"], "http"> & {
    http: Omit<PoolInput["healthCheck"]["http"], "statuses"> & { statuses: string };
  };
  retry: Omit<PoolInput["retry"], "retryStatuses"> & { retryStatuses: string };
};

/** The input's fields of anything that has at least them, such as the pool as the API shows it. */
export const poolInputOf = (pool: PoolInput): PoolInput =>
  Object.fromEntries(Object.keys(PoolInput.shape).map((key) => [key, pool[key as keyof PoolInput]])) as PoolInput;

export function toValues(pool: PoolInput): PoolValues {
  const { healthCheck, retry, hashKey, ...rest } = poolInputOf(pool);
  return {
    ...rest,
    hashKey: hashValues(hashKey),
    healthCheck: {
      ...healthCheck,
      http: { ...healthCheck.http, statuses: statusesText(healthCheck.http.statuses) },
    },
    retry: { ...retry, retryStatuses: retry.retryStatuses.join(", ") },
  };
}

/** The API's input; statuses that cannot be read become none, which `unreadable` tells. */
export const toPoolInput = (values: PoolValues) => ({
  ...values,
  hashKey: hashKeyOf(values.hashKey),
  healthCheck: {
    ...values.healthCheck,
    http: { ...values.healthCheck.http, statuses: parseStatuses(values.healthCheck.http.statuses) ?? [] },
  },
  retry: { ...values.retry, retryStatuses: single(values.retry.retryStatuses) ?? [] },
});

export function unreadable(values: PoolValues): FieldFault[] {
  const fault = (path: string[]): FieldFault => ({ path, code: "statuses", message: "" });
  return [
    ...(parseStatuses(values.healthCheck.http.statuses) ? [] : [fault(["healthCheck", "http", "statuses"])]),
    ...(single(values.retry.retryStatuses) ? [] : [fault(["retry", "retryStatuses"])]),
  ];
}

/** A fault of one status in a list is told at the list's field. */
export const settingPath = (path: readonly (string | number)[]): string =>
  path.join(".").replace(/^(healthCheck\.http\.statuses|retry\.retryStatuses)\..*/, "$1");
