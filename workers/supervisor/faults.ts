/** Why the product cannot start: every reason at once, each naming the variable or thing it is about. */
export class StartFaults extends Error {
  override name = "StartFaults";
  readonly faults: string[];
  constructor(faults: string[]) {
    super(`Gemini Balance cannot start:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
    this.faults = faults;
  }
}

/** Text of anything thrown, for people. */
export const messageOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message || error.name : String(error);
};
