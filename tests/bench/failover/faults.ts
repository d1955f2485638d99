// What befalls one of three nodes in the middle of the traffic.
import { execFileSync } from "node:child_process";
import { findProgram, type Started } from "../support/workshop.ts";
import type { Misbehaviour } from "./node.ts";

export interface Fault {
  name: string;
  /** Small answers unless the fault is about large ones. */
  item?: "file";
  /** Drops packets: only in a network namespace of our own. */
  needsNamespace?: boolean;
  strike(node: Started, port: number): void;
}

const told = (misbehaviour: Misbehaviour) => (node: Started) => void node.process.send(misbehaviour);

/** Drops what goes to the node and what comes from it, silently: neither side learns of it. */
function blackHole(_node: Started, port: number): void {
  const nft = findProgram("nft");
  if (!nft) throw new Error("nft is gone");
  const rules = [
    "add table inet bench",
    "add chain inet bench in { type filter hook input priority 0; }",
    `add rule inet bench in tcp dport ${port} drop`,
    `add rule inet bench in tcp sport ${port} drop`,
  ];
  execFileSync(nft, ["-f", "-"], { input: `${rules.join("\n")}\n` });
}

export function liftBlackHole(): void {
  const nft = findProgram("nft");
  if (nft) execFileSync(nft, ["-f", "-"], { input: "add table inet bench\ndelete table inet bench\n" });
}

export const FAULTS: readonly Fault[] = [
  { name: "none (control)", strike: () => {} },
  { name: "killed", strike: (node) => void process.kill(node.pid, "SIGKILL") },
  { name: "hung", strike: (node) => void process.kill(node.pid, "SIGSTOP") },
  { name: "black-holed", needsNamespace: true, strike: blackHole },
  { name: "slowed by 2 s", strike: told("slow") },
  { name: "answers 500", strike: told("500") },
  { name: "resets connections", strike: told("reset") },
  { name: "half a body (256 B)", strike: told("half") },
  { name: "half a body (64 KiB)", item: "file", strike: told("half") },
];
