// Stickiness while it is edited: the settings of every mode are kept, only those of the chosen one are sent.
import { Stickiness } from "#lib/contracts/config.ts";
import type { Field } from "./setting-groups.ts";

type Mode = Stickiness["mode"];
type Of<M extends Mode> = Omit<Extract<Stickiness, { mode: M }>, "mode">;
export type StickinessValues = { mode: Mode } & Of<"cookie"> & Of<"learn">;

const { mode: _cookie, ...COOKIE } = Stickiness.parse({ mode: "cookie" }) as Extract<Stickiness, { mode: "cookie" }>;
const { mode: _learn, ...LEARN } = Stickiness.parse({ mode: "learn", tokenName: "x" }) as Extract<
  Stickiness,
  { mode: "learn" }
>;
/** Before anything was chosen. */
export const STICKINESS_DEFAULTS: StickinessValues = { ...COOKIE, ...LEARN, tokenName: "", mode: "off" };

export type StickinessPath = `stickiness.${"mode" | keyof Of<"cookie"> | keyof Of<"learn">}`;

/** With the mode that each field is for. */
const FIELDS_OF = {
  off: [],
  cookie: [
    { kind: "text", path: "stickiness.name" },
    { kind: "duration", path: "stickiness.expiresMs" },
    { kind: "text", path: "stickiness.domain" },
    { kind: "text", path: "stickiness.path" },
    { kind: "select", path: "stickiness.sameSite", options: ["lax", "strict", "none"] },
    { kind: "select", path: "stickiness.secure", options: ["auto", "always", "never"] },
    { kind: "switch", path: "stickiness.httpOnly" },
  ],
  learn: [
    { kind: "select", path: "stickiness.from", options: ["cookie", "header", "query"] },
    { kind: "text", path: "stickiness.tokenName" },
    { kind: "select", path: "stickiness.answerFrom", options: ["same", "cookie", "header"] },
    { kind: "text", path: "stickiness.answerName" },
    { kind: "duration", path: "stickiness.ttlMs" },
    { kind: "count", path: "stickiness.maxEntries" },
  ],
} as const satisfies Record<Mode, readonly Field[]>;

export const STICKINESS_FIELDS: readonly Field[] = [
  { kind: "select", path: "stickiness.mode", options: ["off", "cookie", "learn"] },
  ...Object.values(FIELDS_OF).flat(),
];

/** Whether a field is drawn, of whatever group: those of a mode that is not chosen are not. */
export const isDrawn = (path: string, { mode }: { mode: Mode }): boolean =>
  !path.startsWith("stickiness.") ||
  path === "stickiness.mode" ||
  FIELDS_OF[mode].some((field: Field) => field.path === path);

export const stickinessValues = (stickiness: Stickiness): StickinessValues => ({
  ...STICKINESS_DEFAULTS,
  ...stickiness,
});

/** As the API takes it. */
export const stickinessInput = (values: StickinessValues): Record<string, unknown> => ({
  mode: values.mode,
  ...Object.fromEntries(
    FIELDS_OF[values.mode].map(({ path }) => {
      const key = path.slice("stickiness.".length) as keyof StickinessValues;
      return [key, values[key]];
    }),
  ),
});

/** What of it is not as it is without being told otherwise, by path. */
export const tellingStickiness = (stickiness: Stickiness): [path: string, value: unknown][] =>
  Object.entries(stickiness)
    .filter(([key, value]) => key !== "mode" && value !== STICKINESS_DEFAULTS[key as keyof StickinessValues])
    .map(([key, value]) => [`stickiness.${key}`, value]);
