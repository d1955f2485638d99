// Messages as a file that browsers keep.
import { describe, expect, it } from "vitest";
import { LOCALES } from "#lib/i18n/locales.ts";
import { MESSAGES } from "#lib/i18n/messages/index.ts";
import { messagesFile, messagesUrl } from "#lib/server/messages-file.ts";

describe("the file of messages", () => {
  it.each(LOCALES)("has every message of %s, under an address of its own", (locale) => {
    const name = messagesUrl(locale).replace("/messages/", "");
    const file = messagesFile(name);
    expect(file?.isCurrent).toBe(true);
    expect(JSON.parse(file?.text ?? "")).toEqual(MESSAGES[locale]);
  });

  it("answers an earlier version's address with what there is, and lets nobody keep it", () => {
    expect(messagesFile("en.0123456789abcdef.json")).toEqual({ text: JSON.stringify(MESSAGES.en), isCurrent: false });
  });

  it("knows no other language", () => {
    expect(messagesFile("fr.0123456789abcdef.json")).toBeNull();
  });
});
