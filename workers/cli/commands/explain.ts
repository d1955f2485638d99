import type { RequestDetail, RequestExplanation, RequestPickView } from "#lib/contracts/requests.ts";
import { type Command, countArgs, DATA_OUTPUT } from "../command.ts";
import { asJson, asYaml, type Column, fields, formatOf, type Paint, table } from "../output.ts";

export const explainCommand: Command = {
  name: "explain",
  usage: "REQUEST-ID",
  summary: "Explain a request by its id: route, attempts, and the nodes that could have had it",
  description:
    "The id is the X-Request-Id of its answer. Kept are requests that failed, were retried, hedged or slow, and a sample of the others.",
  options: DATA_OUTPUT,
  examples: ["gb explain 5f0c2a9e7b1d-0001a", "gb explain 5f0c2a9e7b1d-0001a -o json"],
  async run(context) {
    countArgs(context, 1, 1, "REQUEST-ID");
    const format = formatOf(context.text("output"), ["json", "yaml"]);
    const client = await context.client();
    const found = await client.get<RequestExplanation>(`/requests/${encodeURIComponent(context.args[0] ?? "")}`);
    if (format === "json" || format === "yaml") context.print(format === "json" ? asJson(found) : asYaml(found));
    else context.print(found.items.map((request) => told(request, context.paint)).join("\n\n---\n\n"));
    return 0;
  },
};

const ms = (value: number | null): string => (value === null ? "" : value.toFixed(value < 10 ? 2 : 0));

function told(request: RequestDetail, paint: Paint): string {
  const head = fields([
    ["Request", `${request.method} ${request.host}${request.path}${request.query}`.trim()],
    ["At", request.at],
    ["Answer", request.status === null ? "none: the client left" : String(request.status)],
    [
      "Cause",
      request.code !== null && request.code !== request.cause ? `${request.code} (${request.cause})` : request.cause,
    ],
    ["Kept", request.kept.join(", ")],
    ["Route", request.routeName ?? request.routeId ?? ""],
    ["Pool", request.poolName ?? request.poolId ?? ""],
    ["Revision", `${request.revision ?? ""}${request.arm === null ? "" : ` (${request.arm})`}`],
    ["Algorithm", request.algorithm ?? ""],
    ["Queued (ms)", ms(request.queueMs)],
    ["Took (ms)", ms(request.tookMs)],
    ["Worker", request.workerId],
    ["Client", request.clientAddress ?? ""],
  ]);
  const attempts = request.attempts.length === 0 ? "none was made" : table(ATTEMPTS, request.attempts, false, paint);
  return [head, `Attempts:\n${attempts}`, ...request.picks.map((pick) => candidates(pick, paint))].join("\n\n");
}

const ATTEMPTS: Column<RequestDetail["attempts"][number]>[] = [
  { title: "NODE", value: ({ nodeName, nodeId }) => nodeName ?? nodeId },
  { title: "KIND", value: ({ kind }) => kind },
  { title: "RESULT", value: ({ cause, status }) => (cause === "ok" ? String(status ?? cause) : cause) },
  { title: "START", value: ({ startMs }) => ms(startMs) },
  { title: "CONNECT", value: ({ reused, phases }) => (reused ? "reused" : ms(phases.connect)) },
  { title: "TLS", value: ({ phases }) => ms(phases.tls) },
  { title: "WRITE", value: ({ phases }) => ms(phases.write) },
  { title: "FIRST BYTE", value: ({ phases }) => ms(phases.firstByte) },
  { title: "BODY", value: ({ phases }) => ms(phases.body) },
];

const WHEN = { picked: "as it was picked", failed: "when it had failed", refused: "when none could be made" } as const;

function candidates({ when, attempt, atMs, candidates: all, more }: RequestPickView, paint: Paint): string {
  const rest = more > 0 ? `\n(and ${more} more)` : "";
  return `Candidates of attempt ${attempt + 1}, ${WHEN[when]} (at ${ms(atMs)} ms):\n${table(CANDIDATES, all, false, paint)}${rest}`;
}

const CANDIDATES: Column<RequestPickView["candidates"][number]>[] = [
  { title: "NODE", value: ({ nodeName, nodeId }) => nodeName ?? nodeId },
  { title: "WHY", value: ({ reason }) => reason },
  { title: "WEIGHT", value: ({ effectiveWeight }) => effectiveWeight.toFixed(2) },
  { title: "SHARE", value: ({ share }) => `${(share * 100).toFixed(1)}%` },
  { title: "IN FLIGHT", value: ({ inFlight }) => String(inFlight) },
  { title: "LATENCY", value: ({ latencyMs }) => ms(latencyMs) },
  { title: "SCORE", value: ({ score }) => (score === null ? "" : score.toFixed(2)) },
];
