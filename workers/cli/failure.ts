// What ends a command early, in words for people; main.ts prints it and exits with its code.
import type { Problem } from "#lib/contracts/problem.ts";

export class Failure extends Error {
  override name = "Failure";
  readonly exitCode: number;
  constructor(message: string, { exitCode = 1, cause }: { exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

/** The command line itself is not right: what is said of it ends with where help is. */
export class UsageFailure extends Failure {
  override name = "UsageFailure";
}

/** The server refused, and said why. */
export class ApiFailure extends Failure {
  override name = "ApiFailure";
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(`${problem.title} (${problem.code})`);
    this.problem = problem;
  }
}
