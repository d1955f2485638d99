// How the browser asks about warnings, wherever the publish came from.
import { expect, it, vi } from "vitest";
import { ApiError } from "#lib/client/api.ts";
import { confirming, confirmQuery, onWarningQuestion, type WarningQuestion } from "#lib/client/warning-question.ts";
import type { Warning } from "#lib/contracts/publishing.ts";

const warning = (id: string) => ({ id, code: "no-nodes", message: "" }) as Warning;
const refusal = (...ids: string[]) =>
  new ApiError({ status: 409, code: "unconfirmed-warnings", message: "Read them", warnings: ids.map(warning) });
const idsOf = (question: WarningQuestion | null) => question?.warnings.map(({ id }) => id);

/** A server that lets through what names all of `needed`. */
const server = (needed: () => string[]) =>
  vi.fn(async (confirm: string | undefined) => {
    const named = confirm?.split(",") ?? [];
    if (confirm === "all" || needed().every((id) => named.includes(id))) return "published";
    throw refusal(...needed());
  });

it("sends once what brings no warnings, and again with what was read, also what came up meanwhile", async () => {
  const seen: (string[] | undefined)[] = [];
  let needed: string[] = [];
  const stop = onWarningQuestion((question) => {
    seen.push(idsOf(question));
    if (needed.length < 2) needed.push("b");
    question?.answer(true);
  });
  const send = server(() => needed);
  expect(await confirming(send)).toBe("published");
  expect([send.mock.calls, seen]).toEqual([[[undefined]], []]);
  needed = ["a"];
  expect(await confirming(send)).toBe("published");
  expect(seen.filter(Boolean)).toEqual([["a"], ["a", "b"]]);
  expect(send.mock.calls.at(-1)).toEqual(["a,b"]);
  stop();
});

it("publishes nothing when the person does not want it, nor where nobody can be asked", async () => {
  const send = server(() => ["a"]);
  await expect(confirming(send)).rejects.toMatchObject({ code: "unconfirmed-warnings" });
  const stop = onWarningQuestion((question) => question?.answer(false));
  await expect(confirming(send)).rejects.toMatchObject({ code: "unconfirmed-warnings" });
  stop();
  const leave = onWarningQuestion(() => {});
  const waiting = confirming(send);
  await vi.waitFor(() => expect(send).toHaveBeenCalledTimes(3));
  await Promise.resolve();
  leave();
  await expect(waiting).rejects.toMatchObject({ code: "unconfirmed-warnings" });
  expect(send.mock.calls.flat()).toEqual([undefined, undefined, undefined]);
});

it("asks one after the other, and not about other failures or what was accepted before", async () => {
  const shown: (string[] | undefined)[] = [];
  const answers: WarningQuestion[] = [];
  const stop = onWarningQuestion((question) => {
    shown.push(idsOf(question));
    if (question) answers.push(question);
  });
  const both = [confirming(server(() => ["a"])), confirming(server(() => ["b"]))];
  await vi.waitFor(() => expect(shown).toEqual([["a"], ["a"]]));
  answers[0]?.answer(true);
  // Twice is once.
  answers[0]?.answer(true);
  expect(shown.at(-1)).toEqual(["b"]);
  answers.at(-1)?.answer(true);
  expect(await Promise.all(both)).toEqual(["published", "published"]);
  expect(
    await confirming(
      server(() => ["c"]),
      ["c"],
    ),
  ).toBe("published");
  const lost = new ApiError({ status: 409, code: "canary-running", message: "" });
  await expect(confirming(() => Promise.reject(lost))).rejects.toBe(lost);
  expect(shown).toEqual([["a"], ["a"], ["b"], undefined]);
  stop();
});

it("says all where the ids are too many for an address", () => {
  expect(confirmQuery([])).toBeUndefined();
  expect(confirmQuery(["a", "b"])).toBe("a,b");
  expect(confirmQuery(Array<string>(1_000).fill("same-url:x"))).toBe("all");
});
