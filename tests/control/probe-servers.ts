// Real servers for probes to meet, on loopback; all of them are stopped by `stopAll`, and how many connections they still
// have can be waited for.
import net, { type AddressInfo } from "node:net";
import { expect } from "vitest";
import { eventually } from "./support.ts";

const servers: net.Server[] = [];
const sockets = new Set<net.Socket>();

export async function listening(server: net.Server): Promise<string> {
  servers.push(server);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers the first bytes of each connection with `answer`, and ends it. */
export const raw = (answer: string): Promise<string> =>
  listening(net.createServer((socket) => socket.once("data", () => socket.end(answer))));

/** Accepts, reads, and never says a word. */
export const quiet = (): Promise<string> => listening(net.createServer((socket) => socket.resume()));

/** No connection of a probe is left. */
export const whenClosed = (): Promise<void> => eventually(() => expect(sockets.size).toBe(0));

export function stopAll(): void {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
}

/** For localhost and 127.0.0.1, signed by nobody; made for these tests and used nowhere else. */
export const SELF_SIGNED = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4E6rdoRTTG1VF8ar
3Y7nqJlUxWpFaydXAYiu1TzonRahRANCAAQlGOfeXi6srHAniGrJhVs4wcNqt6Pg
ZiB8ZXcQq1OVQETzcbeW2SeNbYt0kVZWKIQUIX64XOgR6gqyJOeQMYvT
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUP6dhGpWfyUtoJs21gf7wBOANIEwwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNzIwNDYyNVoYDzIxMjYxMTAz
MjA0NjI1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQlGOfeXi6srHAniGrJhVs4wcNqt6PgZiB8ZXcQq1OVQETzcbeW2SeN
bYt0kVZWKIQUIX64XOgR6gqyJOeQMYvTo28wbTAdBgNVHQ4EFgQUI3y+4omQcit4
W4UIzofVpg76k8gwHwYDVR0jBBgwFoAUI3y+4omQcit4W4UIzofVpg76k8gwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgAb0jQ+qZAQHr+cH8ebXArbO2BGlAa/BRgAod4FI+nr8CIQDz
SwqxevAlT8KxjQSB/aWYdNWjlANZ1pA7y7HHALBJLQ==
-----END CERTIFICATE-----`,
};
