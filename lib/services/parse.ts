import type { z } from "zod";
import { type Fault, ServiceError } from "#lib/contracts/problem.ts";
import { faultsOf } from "#lib/core/faults.ts";

/** @throws {ServiceError} `invalid-input` with every fault of the input, not only the first. */
export function parse<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalidInput(faultsOf(result.error));
}

/** More than these help nobody, and an answer must not be many times as long as its request. */
const MAX_TOLD = 100;

/** The error of an input with these faults; its message names each field. */
export function invalidInput(all: Fault[]): ServiceError {
  const faults = all.slice(0, MAX_TOLD);
  const told = faults.map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message));
  if (all.length > MAX_TOLD) told.push(`and ${all.length - MAX_TOLD} more`);
  return new ServiceError("invalid-input", told.join("; "), { faults });
}
