// The hosts file, read again when it changed.
import { readFile, stat } from "node:fs/promises";
import { isIP } from "node:net";
import { bareName, parseHosts } from "#lib/core/names.ts";

const PATH = process.platform === "win32" ? `${process.env.SystemRoot}\\System32\\drivers\\etc\\hosts` : "/etc/hosts";

export class HostsFile {
  readonly #path: string;
  #version = "";
  #hosts = new Map<string, string[]>();

  constructor(path = PATH) {
    this.#path = path;
  }

  /** The addresses the file has for `name`. A file that cannot be read has none. */
  async find(name: string): Promise<readonly string[] | undefined> {
    try {
      const { mtimeMs, size, ino } = await stat(this.#path);
      const version = `${ino} ${mtimeMs} ${size}`;
      if (version !== this.#version) {
        this.#hosts = parseHosts(await readFile(this.#path, "utf8"), (text) => isIP(text) !== 0);
        this.#version = version;
      }
    } catch {
      this.#hosts = new Map();
      this.#version = "";
    }
    return this.#hosts.get(bareName(name));
  }
}
