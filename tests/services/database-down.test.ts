import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { auth } from "#lib/server/auth.ts";
import { bootstrapAccess } from "#lib/store/bootstrap-access.ts";
import { closeDb } from "#lib/store/db.ts";
import { closeNotifications } from "#lib/store/notifications.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { api, ORIGIN } from "./harness.ts";

const servers: Server[] = [];
afterEach(async () => {
  await closeNotifications();
  await closeDb();
  for (const server of servers.splice(0)) server.close();
});

/** A port on which a connection is accepted and closed at once: what a database that goes down looks like. */
async function portThatHangsUp(): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

const expectUnavailable = async () => {
  for (const [method, path, as] of [
    ["GET", "/health", null],
    ["GET", "/pools", "viewer"],
    ["POST", "/pools", "publisher"],
    ["GET", "/stream", "viewer"],
  ] as const) {
    const { status, body, headers } = await api(method, path, { as, body: method === "POST" ? {} : undefined });
    expect([path, status, body.code]).toEqual([path, 503, "database-unavailable"]);
    expect(headers.get("retry-after")).toBe("1");
    expect(JSON.stringify(body)).not.toContain("127.0.0.1");
  }
};

describe("without a database", () => {
  it("everything answers 503 when the connection is refused", async () => {
    const port = await portThatHangsUp();
    const server = servers.pop();
    await new Promise((resolve) => server?.close(resolve));
    process.env.DATABASE_URL = `postgresql://gb@127.0.0.1:${port}/gb`;
    await expectUnavailable();
  });

  it("everything answers 503 when the server hangs up", async () => {
    process.env.DATABASE_URL = `postgresql://gb@127.0.0.1:${await portThatHangsUp()}/gb`;
    await expectUnavailable();
  });

  it("everything answers 503 when it went away while connections were open", async () => {
    const database = await startTestDatabase();
    process.env.DATABASE_URL = database.url;
    const [email, password] = ["root@example.org", "correct horse battery"];
    await bootstrapAccess(database.url, { adminEmail: email, adminPassword: password });
    const signedIn = await auth().handler(
      new Request(`${ORIGIN}/api/auth/sign-in/email`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ email, password }),
      }),
    );
    const cookie = signedIn.headers
      .getSetCookie()
      .map((each) => each.split(";")[0])
      .join("; ");
    const asPerson = async () => (await api("GET", "/me", { headers: { cookie } })).status;
    expect(await asPerson()).toBe(200);
    await database.stop();
    await expectUnavailable();
    expect(await asPerson()).toBe(503);
  });
});
