// What a person calls a thing, to the thing: by name, whatever its case, or by id.
import { nameKey } from "#lib/core/config/same.ts";
import type { Client } from "./client.ts";
import { Failure } from "./failure.ts";
import { type Kind, type NamedNode, nodes } from "./kinds.ts";

/** The one of `items` that `text` names. @throws {Failure} when there is none, or more than one */
export function findNamed<T>(kind: Kind<T>, items: readonly T[], text: string): T {
  const byId = items.find((item) => kind.idOf(item) === text);
  if (byId !== undefined) return byId;
  const named = items.filter((item) => nameKey(kind.nameOf(item)) === nameKey(text));
  const [first] = named;
  if (first !== undefined && named.length === 1) return first;
  if (named.length > 1)
    throw new Failure(`more than one ${kind.name} is called "${text}": use its id (gb get ${kind.name}s -o wide)`);
  throw new Failure(`there is no ${kind.name} "${text}"${nearest(kind, items, text)}`);
}

/** Nodes are named `pool/node`; the pool may be left out where the node's name is the only one. */
export async function findNode(client: Client, text: string): Promise<NamedNode> {
  const all = await nodes.list(client);
  if (text.includes("/")) return findNamed(nodes, all, text);
  const byName = all.filter((node) => node.id === text || nameKey(node.name) === nameKey(text));
  const [first] = byName;
  if (first !== undefined && byName.length === 1) return first;
  if (byName.length > 1)
    throw new Failure(`more than one node is called "${text}": ${byName.map((node) => nodes.nameOf(node)).join(", ")}`);
  return findNamed(nodes, all, text);
}

function nearest<T>(kind: Kind<T>, items: readonly T[], text: string): string {
  const near = items.map((item) => kind.nameOf(item)).filter((name) => nameKey(name).includes(nameKey(text)));
  return near.length > 0 && near.length <= 5 ? `; did you mean ${near.join(" or ")}?` : "";
}
