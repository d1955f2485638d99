// A pool's settings while they are edited: as the API's input, but lists of statuses are text and the hash key keeps its name.
import { labelsInput, labelsPath, labelValues } from "#components/forms/label-values.ts";
import type { FieldFault } from "#lib/client/forms.ts";
import { PoolInput } from "#lib/contracts/config.ts";
import { type ClassRow, classInput, classPath, classRow } from "./class-values.ts";
import {
  checkHeaderPath,
  type HealthValues,
  healthInput,
  healthPath,
  healthValues,
  unreadableHealth,
} from "./health-values.ts";
import { type HashValues, hashKeyOf, hashValues } from "./pool-values.ts";
import { parseStatuses } from "./statuses.ts";
import { type StickinessValues, stickinessInput, stickinessValues } from "./stickiness-values.ts";

/** Single statuses only: a range has no place where each one is meant. */
const single = (text: string): number[] | null => {
  const ranges = parseStatuses(text);
  return ranges?.every(({ from, to }) => from === to) ? ranges.map(({ from }) => from) : null;
};

export type PoolValues = Omit<
  PoolInput,
  "hashKey" | "healthCheck" | "retry" | "classes" | "stickiness" | "recording" | "labels"
> & {
  /** `env=prod` each. */
  labels: string[];
  /** `""`: the field is empty, which is none of its own. */
  recording: Omit<PoolInput["recording"], "logRatio"> & { logRatio: number | string | null };
  hashKey: HashValues;
  stickiness: StickinessValues;
  healthCheck: HealthValues;
  classes: ClassRow[];
  retry: Omit<PoolInput["retry"], "retryStatuses"> & { retryStatuses: string };
};

/** The input's fields of anything that has at least them, such as the pool as the API shows it. */
export const poolInputOf = (pool: PoolInput): PoolInput =>
  Object.fromEntries(Object.keys(PoolInput.shape).map((key) => [key, pool[key as keyof PoolInput]])) as PoolInput;

export function toValues(pool: PoolInput): PoolValues {
  const { healthCheck, retry, hashKey, classes, stickiness, labels, ...rest } = poolInputOf(pool);
  return {
    ...rest,
    labels: labelValues(labels),
    hashKey: hashValues(hashKey),
    stickiness: stickinessValues(stickiness),
    healthCheck: healthValues(healthCheck),
    classes: classes.map(classRow),
    retry: { ...retry, retryStatuses: retry.retryStatuses.join(", ") },
  };
}

/** The API's input; statuses that cannot be read become none, which `unreadable` tells. */
export const toPoolInput = (values: PoolValues) => ({
  ...values,
  labels: labelsInput(values.labels),
  hashKey: hashKeyOf(values.hashKey),
  stickiness: stickinessInput(values.stickiness),
  healthCheck: healthInput(values.healthCheck),
  classes: values.classes.map(classInput),
  recording: { ...values.recording, logRatio: values.recording.logRatio === "" ? null : values.recording.logRatio },
  retry: { ...values.retry, retryStatuses: single(values.retry.retryStatuses) ?? [] },
});

export function unreadable(values: PoolValues): FieldFault[] {
  const fault = (path: string[]): FieldFault => ({ path, code: "statuses", message: "" });
  return [
    ...unreadableHealth(values.healthCheck),
    ...(single(values.retry.retryStatuses) ? [] : [fault(["retry", "retryStatuses"])]),
  ];
}

/** A fault of one status in a list is told at the list's field. */
export const settingPath = (path: readonly (string | number)[], values?: PoolValues): string => {
  const header = checkHeaderPath(path, values);
  return header ?? labelsPath(classPath(healthPath(path.join(".").replace(/^(retry\.retryStatuses)\..*/, "$1"))));
};
