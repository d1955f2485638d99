// The rules of CONTRIBUTING.md that a scan can hold: who may import whom, and what lib/core may not touch.
import { importsOf, resolveImport, type SourceFile, withoutStrings } from "./source.ts";

interface Layer {
  folder: string;
  /** Folders it may import from, besides itself. */
  from: readonly string[];
  /** Packages it may import: these only, any that `NOT_SERVER_SIDE` does not name, or any at all. */
  packages: readonly string[] | "server-side" | "any";
}

const BASE = ["lib/contracts", "lib/core", "lib/store"];
const BROWSER = ["lib/contracts", "lib/core", "lib/client", "lib/i18n"];
const LAYERS: readonly Layer[] = [
  { folder: "lib/contracts", from: [], packages: ["zod"] },
  { folder: "lib/core", from: ["lib/contracts"], packages: ["zod"] },
  { folder: "lib/store", from: ["lib/contracts", "lib/core"], packages: "server-side" },
  { folder: "lib/services", from: BASE, packages: "server-side" },
  { folder: "lib/server", from: [...BASE, "lib/services", "lib/i18n"], packages: "any" },
  { folder: "lib/client", from: BROWSER, packages: "any" },
  { folder: "lib/i18n", from: ["lib/contracts"], packages: "any" },
  { folder: "lib", from: ["lib"], packages: "any" },
  { folder: "components", from: BROWSER, packages: "any" },
  { folder: "app", from: ["components", "lib"], packages: "any" },
  { folder: "workers", from: [...BASE, "lib/i18n"], packages: "server-side" },
];
/** Libraries of the browser and of Next.js: nothing that runs in workers, services or the store may need them. */
const NOT_SERVER_SIDE =
  /^(next|next-intl|use-intl|react|react-dom|nuqs|recharts|@mantine\/.*|@tabler\/.*|@tanstack\/.*)$/;
/** Folders whose code runs in a browser too. */
const IN_BROWSER = ["lib/contracts", "lib/core", "lib/client", "components"];

const within = (file: string, folder: string): boolean => file === folder || file.startsWith(`${folder}/`);

/** Imports of the file that the rules forbid, as sentences. */
export function importFaults(file: SourceFile): string[] {
  const layer = LAYERS.find(({ folder }) => within(file.path, folder));
  if (!layer) return [];
  return importsOf(file.text).flatMap((specifier) => {
    const target = resolveImport(specifier, file.path);
    const why = "path" in target ? pathFault(layer, target.path) : packageFault(layer, target.package, file.path);
    return why ? [`${file.path} imports ${specifier}: ${why}`] : [];
  });
}

function pathFault(layer: Layer, target: string): string | null {
  if ([layer.folder, ...layer.from].some((folder) => within(target, folder))) return null;
  return `${layer.folder} may import from ${layer.from.join(", ") || "itself only"}`;
}

function packageFault(layer: Layer, name: string, file: string): string | null {
  if (/^[@~](\/|$)/.test(name)) return "use the # aliases";
  if (name.startsWith("node:") && IN_BROWSER.some((folder) => within(file, folder)))
    return "this code runs in a browser, too";
  if (layer.packages === "any") return null;
  if (layer.packages === "server-side")
    return NOT_SERVER_SIDE.test(name) ? `${layer.folder} runs without a browser and without Next.js` : null;
  return layer.packages.includes(name) ? null : `${layer.folder} may use ${layer.packages.join(", ")} only`;
}

/** What makes a decision depend on more than its arguments. */
const IMPURE: readonly [RegExp, string][] = [
  [/\bDate\s*\.\s*now\b/, "reads the clock (Date.now): take nowMs"],
  [/\bnew\s+Date\s*(\(\s*\)|[;,)\]}]|$)/m, "reads the clock (new Date()): take nowMs"],
  [/(?<!new\s+)\bDate\s*\(/, "reads the clock (Date()): take nowMs"],
  [/\bperformance\s*\.|\bhrtime\b/, "reads the clock (performance): take nowMs"],
  [/\bMath\s*\.\s*random\b/, "reads a random source: take random"],
  [/\bcrypto\s*\./, "reads a random source (crypto): take random"],
  [/\b(set(Timeout|Interval|Immediate)|queueMicrotask)\s*\(/, "starts a timer"],
  [/\bprocess\s*\.|\bglobalThis\b/, "reads the process"],
  [/\bconsole\s*\.|\bfetch\s*\(/, "does I/O"],
];

/** Impurities of a file of lib/core, as sentences. */
export function purityFaults(file: SourceFile): string[] {
  const code = withoutStrings(file.text);
  return IMPURE.filter(([pattern]) => pattern.test(code)).map(([, why]) => `${file.path} ${why}`);
}

/** Whether the file opens with `"use client"`, after comments. */
export const isClientModule = (text: string): boolean =>
  /^(\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*["']use client["']/.test(text);

export const lineCount = (text: string): number => text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
