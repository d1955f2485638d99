// Problems of the API as a terminal tells them: every fault at its path and line.
import type { Fault, Problem } from "#lib/contracts/problem.ts";
import { clean } from "./output.ts";

/** `file`: what lines of faults are lines of. */
export function tellProblem(problem: Problem, file = "line"): string {
  const { title, code, detail, faults = [], requestId } = problem;
  const told =
    faults.length > 0 ? faults.map((fault) => `  ${faultText(fault, file)}`) : detail ? [`  ${clean(detail)}`] : [];
  const more = faults.length > 0 ? /; (and \d+ more)$/.exec(detail ?? "")?.[1] : undefined;
  return [
    `${clean(title)} (${code})`,
    ...told,
    ...(more ? [`  ${more}`] : []),
    ...(code === "unauthenticated" ? ["  log in: gb login SERVER, or set GB_SERVER and GB_API_TOKEN"] : []),
    ...(requestId ? [`  request id: ${clean(requestId)}`] : []),
  ].join("\n");
}

/** `balance.yaml:12:5: pools[0].nodes[1].weight: must be at most 1000` */
export function faultText({ path, message, line, column }: Fault, file: string): string {
  const place = line === undefined ? "" : file === "line" ? `line ${line}: ` : `${file}:${line}:${column ?? 1}: `;
  const at = pathText(path);
  return clean(`${place}${at === "" ? "" : `${at}: `}${message}`);
}

const pathText = (path: Fault["path"]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    "",
  );
