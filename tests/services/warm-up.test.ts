import { describe, expect, it } from "vitest";
import { api, makeNode, makePool, serveApi } from "./harness.ts";

serveApi();

const act = (id: string, action: string) => api("POST", `/nodes/${id}/${action}`, { as: "operator", body: {} });

describe("runtime operations", () => {
  it("skip a warm-up: the whole weight at once, in the history and the audit, and not where there is none", async () => {
    const node = await makeNode((await makePool()).id);
    expect(await act(node.id, "skip-warm-up")).toMatchObject({ status: 409, body: { code: "conflict" } });
    await act(node.id, "warm-up");
    const skipped = await act(node.id, "skip-warm-up");
    expect(skipped).toMatchObject({ status: 200, body: { status: "unchecked", facts: { warmUp: null } } });
    const events = (await api("GET", `/nodes/${node.id}/events`, { as: "viewer" })).body.items;
    expect(events[0]).toMatchObject({ fact: "warm-up", from: "warming-up", to: "none", reason: "by a operator" });
    const audit = (await api("GET", `/audit?targetId=${node.id}`, { as: "operator" })).body.items;
    expect(audit[0].action).toBe("node.skip-warm-up");
    expect((await api("POST", `/nodes/${node.id}/skip-warm-up`, { as: "viewer", body: {} })).status).toBe(403);
  });
});
