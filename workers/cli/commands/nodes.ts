// Runtime operations: immediate, audited, in no revision.
import type { NodeView } from "#lib/contracts/views.ts";
import { type Command, type Context, countArgs, DATA_OUTPUT, type Option } from "../command.ts";
import { ApiFailure, UsageFailure } from "../failure.ts";
import { findNode } from "../find.ts";
import { asJson, asYaml, clean, formatOf } from "../output.ts";

type Operation = {
  name: string;
  summary: string;
  description?: string;
  done: (node: NodeView) => string;
  options?: Record<string, Option>;
  input?: (context: Context) => object;
  examples: readonly string[];
};

const OVERRIDE = {
  override: { type: "boolean", help: "also where too little of the pool is left to serve" },
} as const satisfies Record<string, Option>;
const DURATION: Option = { type: "string", value: "TIME", help: "such as 90s, 5m, 1h" };

const OPERATIONS: readonly Operation[] = [
  {
    name: "drain",
    summary: "Send a node no new requests; let those in flight finish",
    description: "What is in flight after the time-out is cut: that of its pool, unless given; 0 cuts at once.",
    done: ({ status }) => (status === "drained" ? "drained" : "draining"),
    options: {
      timeout: { ...DURATION, help: "until what is still in flight is cut: 90s, 5m, 0" },
      "keep-sessions": { type: "boolean", help: "requests of sessions bound to the node still go there until then" },
      ...OVERRIDE,
    },
    input: (context) => ({
      ...overrideOf(context),
      timeoutMs: durationOf(context.text("timeout"), "timeout"),
      keepSessions: context.flag("keep-sessions"),
    }),
    examples: ["gb drain payments/a", "gb drain payments/a payments/b --timeout 5m"],
  },
  {
    name: "ready",
    summary: "Let a node take requests again",
    description: "Cancels a drain, or ends a maintenance.",
    done: () => "ready",
    examples: ["gb ready payments/a"],
  },
  {
    name: "maintenance",
    summary: "No requests and no checks for a node, until it is made ready",
    done: () => "in maintenance",
    options: OVERRIDE,
    input: (context) => overrideOf(context),
    examples: ["gb maintenance payments/a"],
  },
  {
    name: "warm-up",
    summary: "Ramp a node's weight up from its start",
    done: () => "warming up",
    examples: ["gb warm-up payments/a"],
  },
  {
    name: "skip-warm-up",
    summary: "End a node's ramp: the whole weight at once",
    done: () => "warmed up",
    examples: ["gb skip-warm-up payments/a"],
  },
  {
    name: "trip-breaker",
    summary: "Open a node's breaker by hand",
    done: () => "tripped",
    options: { for: { ...DURATION, help: "until its trials: 5m unless given" }, ...OVERRIDE },
    input: (context) => ({ ...overrideOf(context), forMs: durationOf(context.text("for"), "for") }),
    examples: ["gb trip-breaker payments/a --for 10m"],
  },
  {
    name: "reset-breaker",
    summary: "Close a node's breaker, whatever it has seen",
    done: () => "reset",
    examples: ["gb reset-breaker payments/a"],
  },
];

export const NODE_COMMANDS: readonly Command[] = OPERATIONS.map(
  ({ name, summary, description, done, options, input, examples }): Command => ({
    name,
    usage: "POOL/NODE…",
    summary,
    description,
    options: { ...options, ...DATA_OUTPUT },
    examples,
    async run(context) {
      countArgs(context, 1, 1_000, "the node, as POOL/NODE,");
      const format = formatOf(context.text("output"), ["json", "yaml"]);
      const json = input?.(context) ?? {};
      const client = await context.client();
      // All are looked up before anything is done: a slip in the last name changes nothing.
      const found = [];
      for (const text of context.args) found.push(await findNode(client, text));
      for (const { id, poolName, name: node } of found) {
        const { body } = await client.send("POST", `/nodes/${id}/${name}`, { json }).catch((error: unknown) => {
          if (error instanceof ApiFailure && error.problem.code === "unsafe-operation")
            context.note("To do it all the same: --override.");
          throw error;
        });
        if (format === "json") context.print(asJson(body));
        else if (format === "yaml") context.print(asYaml(body));
        else context.print(`node/${clean(`${poolName}/${node}`)} ${done(body as NodeView)}`);
      }
      return 0;
    },
  }),
);

/** Left out unless it is asked for: servers before it was there refuse it. */
const overrideOf = (context: Context): object => (context.flag("override") ? { override: true } : {});

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `90s`, `5m`, `1h`, `1m30s`; a bare number is seconds. @throws {UsageFailure} */
export function durationOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const parts = [...text.matchAll(/(\d+)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== text)
    throw new UsageFailure(`--${option} must be a time such as 90s, 5m or 1h, and not "${text}"`);
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS], 0);
}
