import { describe, expect, it } from "vitest";
import { PROXY_ID } from "#lib/contracts/operations.ts";
import { secretRefsOf } from "#lib/core/config/secrets.ts";
import { openDatabase } from "#lib/store/control/database.ts";
import { withSecrets } from "#lib/store/control/secrets.ts";
import { db } from "#lib/store/db.ts";
import { readHead } from "#lib/store/revisions.ts";
import { SecretBook } from "#lib/store/secret-book.ts";
import { processSecretKey } from "#lib/store/secret-key.ts";
import { api, faultPaths, serveApi } from "./harness.ts";

serveApi();

describe("settings of traces", () => {
  it("keep a header's secret as ciphertext of the proxy's own, which workers open and nobody reads again", async () => {
    const headers = { "x-tenant": "a", authorization: { value: "Bearer s3cret" } };
    const tracing = { enabled: true, endpoint: "http://collector:4318", headers };
    const { status, body } = await api("PATCH", "/proxy-settings", { body: { tracing } });
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toContain("s3cret");
    expect(body.tracing.headers).toMatchObject({ "x-tenant": "a", authorization: { secret: expect.any(String) } });
    const { number, document } = await readHead(db());
    expect(JSON.stringify(document)).not.toContain("s3cret");
    expect(secretRefsOf(document)).toEqual([{ id: body.tracing.headers.authorization.secret, ownerId: PROXY_ID }]);
    const database = openDatabase(process.env.DATABASE_URL as string);
    const pushed = await withSecrets(database, { revision: number, document });
    await database.end();
    const opened = new SecretBook(processSecretKey()).open(pushed);
    expect(opened.document.proxy.tracing.headers.authorization).toEqual({ value: "Bearer s3cret" });

    // What is there stays when something else is changed, and the reference may be sent back.
    const again = await api("PATCH", "/proxy-settings", {
      body: { tracing: { sampleRatio: 0.5, headers: body.tracing.headers } },
    });
    expect(again.body.tracing).toMatchObject({ enabled: true, sampleRatio: 0.5, headers: body.tracing.headers });
  });

  it("need a collector where they are on, and refuse what the exporter writes itself", async () => {
    const refused = async (tracing: object) => faultPaths(await api("PATCH", "/proxy-settings", { body: { tracing } }));
    expect(await refused({ enabled: true, endpoint: "" })).toEqual(["tracing.endpoint"]);
    expect(await refused({ endpoint: "ftp://x" })).toEqual(["tracing.endpoint"]);
    expect(await refused({ endpoint: "http://u:p@x" })).toEqual(["tracing.endpoint"]);
    expect(await refused({ headers: { "Content-Type": "x" } })).toEqual(["tracing.headers.content-type"]);
    expect(await refused({ sampleRatio: 1.1 })).toEqual(["tracing.sampleRatio"]);
    for (const resourceAttributes of ["region", "=eu", "a=1,a=2", "a=%", "service.name=x"])
      expect(await refused({ resourceAttributes }), resourceAttributes).toEqual(["tracing.resourceAttributes"]);
  });
});
