// Sends and fetches files of the configuration.
import { randomUUID } from "node:crypto";
import { handleApi } from "#lib/server/dispatch.ts";
import { type Answered, api } from "./harness.ts";

export const YAML = { "content-type": "application/yaml" };
/** As somebody who has read the warnings: most files of tests have some. */
export const put = (body: unknown, query = "", headers: Record<string, string> = {}) =>
  api("PUT", `/config${query}${query === "" ? "?" : "&"}confirmWarnings=true`, { body, headers });
export const putYaml = (text: string, query = "") => put(text, query, YAML);
export const exported = async (query = "") => (await api("GET", `/config${query}`)).body;
export const exportedYaml = async () => (await fetchText("/config?format=yaml")).text;
/** The harness reads JSON only. */
export async function fetchText(path: string, accept = "*/*") {
  const headers = { authorization: "Bearer test-token-of-viewer", accept };
  const response = await handleApi(new Request(`http://web.test/api/v1${path}`, { headers }));
  return { text: await response.text(), headers: response.headers, status: response.status };
}
export const name = () => `pool ${randomUUID().slice(0, 8)}`;
export const changesOf = ({ body }: Answered) =>
  body.changes.map(
    (each: { kind: string; change: string; name: string }) => `${each.kind} ${each.change} ${each.name}`,
  );
