import path from "node:path";
import type { Started, Workshop } from "../support/workshop.ts";
import type { Job, Result } from "./jobs.ts";

/** The load generator's process, seen from the benchmark. */
export class Generator {
  readonly #started: Started;

  private constructor(started: Started) {
    this.#started = started;
  }

  static async start(shop: Workshop, core?: number): Promise<Generator> {
    return new Generator(
      await shop.start("load", process.execPath, [path.join(import.meta.dirname, "main.ts")], { core }),
    );
  }

  /** Runs one job at a time. Rejects when the process ends before it has answered. */
  run(job: Job): Promise<Result> {
    const { process: child } = this.#started;
    return new Promise((resolve, reject) => {
      const lost = () => reject(new Error("the load generator is gone"));
      child.once("exit", lost);
      child.once("message", (message) => {
        child.off("exit", lost);
        resolve(message as Result);
      });
      child.send(job);
    });
  }

  /** As `run`. Rejects when any answer was wrong: wrong is never fast. */
  async runChecked(job: Job, whom: string): Promise<Result> {
    const result = await this.run(job);
    const faults = Object.entries(result.faults);
    if (faults.length > 0)
      throw new Error(`${whom}: wrong answers: ${faults.map(([what, times]) => `${times} × ${what}`).join(", ")}`);
    return result;
  }
}
