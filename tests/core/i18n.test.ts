// Every message exists in every language with the same arguments, and every message is used by some component.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { chooseLocale, LOCALES } from "#lib/i18n/locales.ts";
import { MESSAGES } from "#lib/i18n/messages/index.ts";
import { chooseTimeZone } from "#lib/i18n/time-zone.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

type Tree = { [key: string]: string | Tree };
/** `{a: {b: "text"}}` → `["a.b", "text"]`. */
function flatten(tree: Tree, prefix = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value] as [string, string]] : flatten(value, `${prefix}${key}.`),
  );
}

/** Names of the arguments of an ICU message; words inside plural and select branches are not arguments. */
const argumentsOf = (message: string): string[] =>
  [...new Set([...message.matchAll(/\{(\w+)\s*[,}]/g)].map((match) => match[1] ?? ""))].sort();

const sources = ["app", "components", "lib/client", "lib/i18n", "workers/notify"].flatMap((folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => readFileSync(path.join(ROOT, folder, file), "utf8")),
);

/** `t: StatusText` reads the namespace `status`. */
function lowerCased(match: RegExpExecArray): RegExpExecArray {
  match[2] = match[2]?.toLowerCase() ?? "";
  return match;
}

/** Keys that one source file reads; a template such as `nav.${key}` gives the prefix `nav.` and a star. */
function keysRead(source: string): string[] {
  const asked: string[] = [];
  const makers = [...source.matchAll(/(\w+)\s*=\s*(?:\(?await\s+)?(?:use|get)Translations\("([\w.]+)"\)/g)];
  // Without a browser: `const t = texts.notifications`, `texts.alerts("…")`, and a translator that is handed over.
  makers.push(...source.matchAll(/(\w+)\s*=\s*texts\.(\w+)\b(?!\()/g));
  makers.push(...source.matchAll(/\b(t): (\w+)Text\b/g).map(lowerCased));
  for (const [, namespace, literal, template] of source.matchAll(/\btexts\.(\w+)\(\s*(?:"([^"]+)"|`([^`]+)`)/g))
    asked.push(`${namespace}.${literal ?? `${template?.split("${")[0]}*`}`);
  const direct = /(?:use|get)Translations\("([\w.]+)"\)\)\("([^"]+)"/g;
  const calls = /\b(\w+)(?:\.(?:rich|has|raw|markup))?\(\s*(?:"([^"]+)"|`([^`]+)`)/g;
  const read = [...asked, ...[...source.matchAll(direct)].map(([, namespace, key]) => `${namespace}.${key}`)];
  for (const call of source.matchAll(calls)) {
    const [, variable, literal, template] = call;
    // Two components of a file may both call it `t`: the one made last before the call is meant.
    const maker = makers.findLast((made) => made[1] === variable && made.index < call.index);
    if (maker) read.push(`${maker[2]}.${literal ?? `${template?.split("${")[0]}*`}`);
  }
  return read;
}

/** Conditional keys, `t(x ? "a" : "b")`, are found by their quotes: any literal of a file that reads the namespace counts. */
function literalsOf(source: string): Set<string> {
  return new Set([...source.matchAll(/"([\w.-]+)"/g)].map((match) => match[1] ?? ""));
}

const english = flatten(MESSAGES.en);

describe("messages", () => {
  for (const locale of LOCALES.filter((other) => other !== "en")) {
    it(`has in ${locale} exactly the messages of English`, () => {
      const keys = flatten(MESSAGES[locale]).map(([key]) => key);
      expect(keys.toSorted()).toEqual(english.map(([key]) => key).toSorted());
    });

    it(`takes in ${locale} the same arguments as in English`, () => {
      const translated = new Map(flatten(MESSAGES[locale]));
      const different = english.filter(
        ([key, text]) => argumentsOf(text).join() !== argumentsOf(translated.get(key) ?? "").join(),
      );
      expect(different.map(([key]) => key)).toEqual([]);
    });
  }

  it("has no message that no component uses", () => {
    const read = sources.flatMap(keysRead);
    const exact = new Set(read.filter((key) => !key.endsWith("*")));
    const prefixes = read.filter((key) => key.endsWith("*")).map((key) => key.slice(0, -1));
    const literals = (namespace: string) =>
      sources.filter((source) => source.includes(`Translations("${namespace}")`)).map(literalsOf);
    const unused = english
      .map(([key]) => key)
      .filter((key) => !exact.has(key) && !prefixes.some((prefix) => key.startsWith(prefix)))
      .filter((key) => {
        const parts = key.split(".");
        // A namespace may be deep: `forms.unit` reads `h` of `forms.unit.h`.
        return !parts.some((_, at) =>
          literals(parts.slice(0, at).join(".")).some((known) => known.has(parts.slice(at).join("."))),
        );
      });
    expect(unused).toEqual([]);
  });

  it("has only such forms of plural as its language knows, as others are never chosen", () => {
    const strange = LOCALES.flatMap((locale) => {
      const known: string[] = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
      const forms = (text: string) =>
        [...text.matchAll(/\b(zero|one|two|few|many|other) \{/g)].map(([, form]) => `${form}`);
      return flatten(MESSAGES[locale]).filter(([, text]) => forms(text).some((form) => !known.includes(form)));
    });
    expect(strange).toEqual([]);
  });

  it("has Chinese punctuation in Chinese sentences", () => {
    const mixed = /[\u4e00-\u9fff}][,;:?!(](?!\/\/)|[,;?!)][\u4e00-\u9fff]/;
    const outsideArguments = (text: string) => text.replaceAll(/\{\w+, (?:plural|select)/g, "{");
    expect(flatten(MESSAGES["zh-CN"]).filter(([, text]) => mixed.test(outsideArguments(text)))).toEqual([]);
  });

  it("is read only by keys that exist", () => {
    const known = new Set(english.map(([key]) => key));
    const unknown = sources
      .flatMap(keysRead)
      .filter((key) => (key.endsWith("*") ? ![...known].some((k) => k.startsWith(key.slice(0, -1))) : !known.has(key)));
    expect(unknown).toEqual([]);
  });
});

describe("chooseLocale", () => {
  it("takes the language that was chosen, whatever the browser prefers", () => {
    expect(chooseLocale("en", "zh-CN,zh;q=0.9")).toBe("en");
  });

  it("takes the best language of Accept-Language when none was chosen", () => {
    expect(chooseLocale(undefined, "fr, en;q=0.3, zh-TW;q=0.8")).toBe("zh-CN");
    expect(chooseLocale(undefined, "zh;q=0, en;q=0.1")).toBe("en");
  });

  it("falls back to English for a bad cookie and an unknown or missing language", () => {
    expect(chooseLocale("xx", null)).toBe("en");
    expect(chooseLocale(undefined, "fr")).toBe("en");
  });
});

describe("chooseTimeZone", () => {
  it("draws in the zone that the browser told, and in UTC when it told none or none that there is", () => {
    expect(chooseTimeZone("Asia/Shanghai")).toBe("Asia/Shanghai");
    expect([undefined, "", "Mars/Base", "x".repeat(200), "../etc"].map(chooseTimeZone)).toEqual(Array(5).fill("UTC"));
  });
});
