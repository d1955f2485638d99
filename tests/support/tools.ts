// Programs that tests run but npm does not bring. A test that needs one says so twice: its step stands in `steps` here, so
// that `npm test` installs it (root on Debian) or says what to install, and it asks `requireTool` for the program. Without
// the program it fails: nothing is left out in silence.
import { accessSync, constants } from "node:fs";
import path from "node:path";
import { findChromium } from "./chromium.ts";

/** A step of tests/run.ts that runs tests. */
export type Step = "core" | "services" | "proxy" | "control" | "supervisor" | "e2e";
type Tool = {
  /** Debian's package. */
  package: string;
  steps: readonly Step[];
  /** For who may not install packages. */
  otherwise?: string;
  /** The program's file; that of the tool's name on the path, unless given. */
  find?: () => string | undefined;
};

const TOOLS = {
  chromium: {
    package: "chromium",
    steps: ["e2e"],
    otherwise: "npx playwright install chromium",
    find: findChromium,
  },
  curl: { package: "curl", steps: ["proxy"] },
  haproxy: { package: "haproxy", steps: [] },
  ip: { package: "iproute2", steps: [] },
  nft: { package: "nftables", steps: [] },
  nginx: { package: "nginx-light", steps: [] },
  prometheus: { package: "prometheus", steps: ["control"] },
  promtool: { package: "prometheus", steps: ["control"] },
  "redis-server": { package: "redis-server", steps: [] },
} as const satisfies Record<string, Tool>;
export type ToolName = keyof typeof TOOLS;

const NAMES = Object.keys(TOOLS) as ToolName[];
const tool = (name: ToolName): Tool => TOOLS[name];

/** Tools that the tests of a step need. */
export const toolsOf = (step: string): ToolName[] =>
  NAMES.filter((name) => (tool(name).steps as readonly string[]).includes(step));

export const packageOf = (name: ToolName): string => tool(name).package;

/** The program's file, or undefined when it is not installed. */
export function findTool(name: ToolName): string | undefined {
  return (tool(name).find ?? (() => findProgram(name)))();
}

/**
 * The program's file.
 * @throws {Error} that says what to install
 */
export function requireTool(name: ToolName): string {
  const file = findTool(name);
  if (file === undefined) throw new Error(`This test needs ${installHint(name)}`);
  return file;
}

/** `promtool: apt-get install prometheus`, for people. */
export function installHint(name: ToolName): string {
  const { package: debian, otherwise } = tool(name);
  return `${name}: apt-get install ${debian}${otherwise ? `, or ${otherwise}` : ""}`;
}

/** Also where only root's shell looks: that is where Debian puts servers. */
function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
