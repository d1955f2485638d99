import net, { type AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { sendEmail } from "#workers/notify/channels/email.ts";

test("a mail server that answers drop by drop for ever is given up as a whole, and its connection with it", async () => {
  const gone = Promise.withResolvers<void>();
  const server = net.createServer((socket) => {
    // Each line is one more of a greeting that does not end: no step of it ever waits long.
    const drip = setInterval(() => socket.write("220-still here\r\n"), 20);
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(drip);
      gone.resolve();
    });
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  const outcome = await sendEmail(
    {
      kind: "email",
      host: "127.0.0.1",
      port: (server.address() as AddressInfo).port,
      security: "none",
      user: "",
      password: "",
      from: "gb@example.org",
      to: ["a@example.org"],
    },
    { title: "t", level: 1, openLabel: "Open", items: [] } as never,
    { isAllowed: () => true, messageId: "m", withinMs: 300 },
  );
  expect(outcome).toEqual({ is: "failed", error: "was not taken within 0.3 s" });
  await gone.promise;
});
