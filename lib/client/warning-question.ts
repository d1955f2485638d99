// Whatever publishes at once may be refused for warnings that nobody has confirmed. Here they are asked about, wherever it came
// from: a form keeps what was entered, waits for the answer, and is sent again with what was read; so is what takes something back.
import { useSyncExternalStore } from "react";
import type { Warning } from "#lib/contracts/publishing.ts";
import { ApiError } from "./api.ts";

export type WarningQuestion = {
  readonly warnings: readonly Warning[];
  /** @param isRead publish in spite of them */
  readonly answer: (isRead: boolean) => void;
};

/** Longer addresses than this are refused on the way by some servers; nobody reads as many warnings one by one, either. */
const MAX_CONFIRM_LETTERS = 4_000;

let questions: readonly WarningQuestion[] = [];
const listeners = new Set<() => void>();

function change(next: readonly WarningQuestion[]): void {
  questions = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    // Nobody can answer any more: what waits is not published.
    if (listeners.size === 0) for (const { answer } of questions) answer(false);
  };
}

/** The one that was asked first and is not answered; null: none. */
export const useWarningQuestion = (): WarningQuestion | null =>
  useSyncExternalStore(
    subscribe,
    () => questions[0] ?? null,
    () => null,
  );

/** Likewise, outside of a page. @returns ends it */
export function onWarningQuestion(listener: (question: WarningQuestion | null) => void): () => void {
  return subscribe(() => listener(questions[0] ?? null));
}

function ask(warnings: readonly Warning[]): Promise<boolean> {
  if (listeners.size === 0) return Promise.resolve(false);
  return new Promise((resolve) => {
    const question: WarningQuestion = {
      warnings,
      answer: (isRead) => {
        if (!questions.includes(question)) return;
        change(questions.filter((each) => each !== question));
        resolve(isRead);
      },
    };
    change([...questions, question]);
  });
}

/** What `?confirm=` says of them; undefined for none. */
export function confirmQuery(ids: readonly string[]): string | undefined {
  if (ids.length === 0) return undefined;
  const text = ids.join(",");
  return text.length > MAX_CONFIRM_LETTERS ? "all" : text;
}

/**
 * Sends a publish; where it is refused for warnings, asks the person, and sends it again with those confirmed. One that comes up
 * meanwhile is asked about, too.
 * @param send with what `?confirm=` is to say
 * @param read ids of warnings that the person has read and accepted already
 * @throws what `send` throws; the refusal, when the person does not want it
 */
export async function confirming<T>(
  send: (confirm: string | undefined) => Promise<T>,
  read: readonly string[] = [],
): Promise<T> {
  for (let confirmed = read; ; ) {
    try {
      return await send(confirmQuery(confirmed));
    } catch (error) {
      const isAsked = error instanceof ApiError && error.code === "unconfirmed-warnings" && error.warnings.length > 0;
      if (!isAsked || !(await ask(error.warnings))) throw error;
      confirmed = error.warnings.map(({ id }) => id);
    }
  }
}
