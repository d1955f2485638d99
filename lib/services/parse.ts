import type { z } from "zod";
import { type Fault, ServiceError } from "#lib/contracts/problem.ts";
import { faultsOf } from "#lib/core/faults.ts";

/** @throws {ServiceError} `invalid-input` with every fault of the input, not only the first. */
export function parse<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalidInput(faultsOf(result.error));
}

/** The error of an input with these faults; its message names each field. */
export function invalidInput(faults: Fault[]): ServiceError {
  const told = faults.map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message));
  return new ServiceError("invalid-input", told.join("; "), { faults });
}
