// Self time by function, from a profile that Node wrote.
import fs from "node:fs";
import path from "node:path";
import { table } from "../support/report.ts";

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number };
}
interface CpuProfile {
  nodes: ProfileNode[];
  samples: number[];
  timeDeltas: number[];
}

const SHOWN = 40;
const NOT_WORK = new Set(["(idle)", "(root)"]);

/** Start and stop of the process, at the two ends of the profile, are no requests. */
const MARGIN_US = 500_000;

/** Functions by their own share of the busy time of the last `ms`. @throws when the directory holds no profile */
export function hotSpots(dir: string, ms: number): string {
  const file = fs.readdirSync(dir).find((name) => name.endsWith(".cpuprofile"));
  if (!file) throw new Error("the proxy left no profile");
  const profile = JSON.parse(fs.readFileSync(path.join(dir, file), "utf8")) as CpuProfile;
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const selfUs = new Map<string, number>();
  const endUs = profile.timeDeltas.reduce((sum, us) => sum + us, 0) - MARGIN_US;
  const startUs = endUs - ms * 1_000 + MARGIN_US;
  let atUs = 0;
  let busyUs = 0;
  profile.samples.forEach((id, i) => {
    const us = profile.timeDeltas[i] ?? 0;
    atUs += us;
    const frame = atUs < startUs || atUs > endUs ? undefined : nodes.get(id)?.callFrame;
    if (!frame || NOT_WORK.has(frame.functionName)) return;
    busyUs += us;
    const where = `${frame.functionName || "(anonymous)"} ${placeOf(frame)}`;
    selfUs.set(where, (selfUs.get(where) ?? 0) + us);
  });
  const rows = [...selfUs]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([where, us]) => [where, `${((100 * us) / busyUs).toFixed(1)} %`]);
  return table(["function", "self"], rows);
}

function placeOf({ url, lineNumber }: ProfileNode["callFrame"]): string {
  if (url === "") return "";
  const short = url.startsWith("node:") ? url : url.split("/").slice(-2).join("/");
  return `${short}:${lineNumber + 1}`;
}
