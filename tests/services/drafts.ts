// Change sets through the API, as tests make, read and publish them.
import { type Answered, api } from "./harness.ts";

export type Json = Answered["body"];

export async function open(operations: object[] = [], name = "a change"): Promise<Json> {
  const { status, body } = await api("POST", "/change-sets", { body: { name, operations } });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body;
}
export const read = async (id: string): Promise<Json> =>
  (await api("GET", `/change-sets/${id}`, { as: "viewer" })).body;
/** Publishes with whatever warnings there are confirmed. */
export async function publish(id: string, body: object = {}, headers: Record<string, string> = {}): Promise<Answered> {
  const confirm = (await read(id)).warnings?.map((warning: Json) => warning.id) ?? [];
  return api("POST", `/change-sets/${id}/publish`, { body: { confirm, ...body }, headers });
}
export const patchNode = (id: string, patch: object, changeSet?: string) =>
  api("PATCH", `/nodes/${id}${changeSet ? `?changeSet=${changeSet}` : ""}`, { body: patch });
export const codeOf = ({ status, body }: Answered) => [status, body?.code];
