// Answers of the API that a page brings with it: it is drawn with them at once, nothing moves as they arrive, and the browser
// asks a few questions less while it has most to do.
import { setTimeout as sleep } from "node:timers/promises";
import type { Actor } from "#lib/contracts/access.ts";
import { API_PREFIX, admit, endpointsAt } from "#lib/server/dispatch.ts";
import { sessionActor } from "#lib/server/session.ts";
import { databaseState } from "#lib/store/database-watch.ts";

/** A question, as the browser asks it (lib/client), and where it keeps the answer. */
export type Wanted = {
  queryKey: readonly unknown[];
  /** Below /api/v1. */
  path: string;
  query?: Record<string, string>;
  /** What it keeps of the answer's body; all of it, unless given. */
  of?: (body: never) => unknown;
};
export type FirstAnswer = { queryKey: readonly unknown[]; data: unknown; atMs: number };

/** A page waits no longer for its answers: what is not there by then, the browser asks for. */
const PATIENCE_MS = 400;
/** A large fleet would be written twice into the page, as text and as what it is made from. */
const MAX_CHARACTERS = 64_000;

/** Who asks for the page; null: nobody who is known, or nobody can tell. */
export async function pageActor(headers: Headers): Promise<Actor | null> {
  if (!isDocument(headers) || databaseState().state === "lost") return null;
  return inTime(sessionActor(headers), null);
}

/** The answers that `actor` may have and that come in time. Never rejects. */
export async function firstAnswers(actor: Actor | null, wanted: readonly Wanted[]): Promise<FirstAnswer[]> {
  if (!actor) return [];
  const answers = await Promise.all(wanted.map((each) => inTime(answerOf(actor, each), undefined)));
  return answers.filter((answer) => answer !== undefined);
}

/** The first page of a visit, not one that is gone to from another: that has answers already, and waits for none. */
const isDocument = (headers: Headers): boolean => (headers.get("sec-fetch-dest") ?? "document") === "document";

async function answerOf(actor: Actor, { queryKey, path, query = {}, of }: Wanted): Promise<FirstAnswer | undefined> {
  const found = endpointsAt(`${API_PREFIX}${path}`).find(({ endpoint }) => endpoint.method === "GET");
  if (!found) throw new Error(`There is no endpoint at ${path}`);
  const { endpoint, params } = found;
  const call = { params, query, input: {}, accept: "", address: null, credential: "", signal: NEVER };
  if (endpoint.role !== null) admit(actor, endpoint);
  const { body } = await (endpoint.role === null ? endpoint.handle(call) : endpoint.handle(call, actor));
  const text = JSON.stringify(body);
  if (text === undefined || text.length > MAX_CHARACTERS) return undefined;
  const read: unknown = JSON.parse(text);
  return { queryKey, data: of ? of(read as never) : read, atMs: Date.now() };
}

const NEVER = new AbortController().signal;

/** What fails or comes late is left to the browser, which shows why. */
const inTime = <T>(answer: Promise<T>, otherwise: T): Promise<T> =>
  Promise.race([answer, sleep(PATIENCE_MS, otherwise, { ref: false })]).catch(() => otherwise);
