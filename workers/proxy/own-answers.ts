import type { OwnAnswerCount } from "#lib/contracts/metrics.ts";
import type { OwnAnswer } from "./http/own-answer.ts";

/** Answers that the proxy made itself, counted by what they say; those of nodes cost nothing here. */
export class OwnAnswers {
  #counts = new Map<string, number>();

  count({ problem, status }: OwnAnswer): void {
    const code = problem?.code ?? (status >= 300 && status < 400 ? "redirect" : "fixed-answer");
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
  }

  /** What was counted since the last call. */
  take(): OwnAnswerCount[] {
    if (this.#counts.size === 0) return [];
    const counts = [...this.#counts].map(([code, count]) => ({ code, count }));
    this.#counts = new Map();
    return counts;
  }
}
