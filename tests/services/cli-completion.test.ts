import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { serveCli } from "./cli-rig.ts";
import { serveApi } from "./harness.ts";

vi.setConfig({ testTimeout: 180_000 });
serveApi();
const { gb } = serveCli();
const lines = (text: string) => text.trimEnd().split("\n");

describe("completion", () => {
  it("completes commands, kinds, options and names in bash", async () => {
    const { out } = await gb(["completion", "bash"]);
    const script = `${out}\ngb() { "${process.execPath}" "${path.resolve("workers/cli/gb.mjs")}" "$@"; }\n`;
    const complete = (...words: string[]) => {
      const quoted = words.map((word) => `'${word}'`).join(" ");
      const { stdout } = spawnSync(
        "bash",
        [
          "-c",
          `${script}COMP_WORDS=(gb ${quoted}); COMP_CWORD=${words.length}; _gb; printf '%s\\n' "\${COMPREPLY[@]}"`,
        ],
        { encoding: "utf8", env: { ...process.env } },
      );
      return lines(stdout);
    };
    expect(complete("app")).toEqual(["apply"]);
    expect(complete("get", "no")).toEqual(["nodes"]);
    expect(complete("drain", "--keep")).toEqual(["--keep-sessions"]);
    expect((await gb(["completion", "fish"])).code).toBe(1);
  });
});
