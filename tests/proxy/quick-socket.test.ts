// What QuickSocket keeps of a net.Socket's promises, past the stream layer and, where Node's private parts are not as known,
// through it. Each end of a pair of real sockets.
import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { ByteReader } from "#workers/proxy/read-buffer.ts";
import { cleanUp, onCleanUp } from "./clean-up.ts";

type Module = typeof import("#workers/proxy/sockets/quick-socket.ts");
type Quick = InstanceType<Module["QuickSocket"]>;

const MIB = 2 ** 20;

describe.each(["past the stream layer", "through the stream layer"])("a socket %s", (way) => {
  let module: Module;
  let shared: typeof import("#workers/proxy/read-buffer.ts");
  let isDirect = false;

  beforeAll(async () => {
    vi.resetModules();
    vi.stubEnv("GB_PUBLIC_SOCKETS", way.startsWith("through") ? "1" : "");
    isDirect = (await import("#workers/proxy/sockets/handle.ts")).DIRECT !== null;
    module = await import("#workers/proxy/sockets/quick-socket.ts");
    shared = await import("#workers/proxy/read-buffer.ts");
    vi.unstubAllEnvs();
  });
  afterEach(cleanUp);

  /** A connected QuickSocket, which reads into `reader`, and the socket at the other end. */
  async function pair(reader: ByteReader = { read: () => {} }): Promise<{ quick: Quick; peer: net.Socket }> {
    const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, "127.0.0.1");
    onCleanUp(() => void server.close());
    await once(server, "listening");
    const options = { allowHalfOpen: true, onread: shared.sharedRead(reader) };
    const quick = new module.QuickSocket(options as net.SocketConstructorOpts);
    quick.connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
    quick.once("connect", () => quick.readDirectly(reader));
    const [[peer]] = (await Promise.all([once(server, "connection"), once(quick, "connect")])) as [
      [net.Socket],
      unknown,
    ];
    onCleanUp(() => void [quick.destroy(), peer.destroy()]);
    return { quick, peer };
  }

  async function all(peer: net.Socket): Promise<Buffer> {
    const pieces: Buffer[] = [];
    peer.on("data", (piece) => pieces.push(piece)).resume();
    await once(peer, "end");
    return Buffer.concat(pieces);
  }

  test("goes the way that this Node allows", () => {
    expect(isDirect).toBe(way.startsWith("past"));
  });

  test("sends text and bytes in the order in which they were written, corked or not, to the end", async () => {
    const { quick, peer } = await pair();
    const bytes = Buffer.alloc(MIB, "b");
    const written: string[] = [];
    quick.write("one,", "latin1", () => written.push("one"));
    quick.cork();
    quick.write("two,", "latin1", () => written.push("two"));
    quick.cork();
    quick.write(bytes, () => written.push("bytes"));
    quick.uncork();
    quick.write("thr\xe9e", "latin1");
    quick.uncork();
    for (let i = 0; i < 8; i++) quick.write(bytes, () => written.push(`bytes ${i}`));
    quick.write("last", "latin1");
    quick.end();
    const got = await all(peer);
    const expected = Buffer.concat([Buffer.from("one,two,"), bytes, Buffer.from("thr\xe9e", "latin1")]);
    expect(got.length).toBe(expected.length + 8 * MIB + 4);
    expect(got.subarray(0, expected.length).equals(expected)).toBe(true);
    expect(got.subarray(-4).toString()).toBe("last");
    expect(written).toEqual(["one", "two", "bytes", ...Array.from({ length: 8 }, (_, i) => `bytes ${i}`)]);
  });

  test("written to before it is connected, sends that first", async () => {
    const server = net.createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    onCleanUp(() => void server.close());
    await once(server, "listening");
    const quick = new module.QuickSocket({ allowHalfOpen: true });
    onCleanUp(() => void quick.destroy());
    quick.connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
    quick.write("before,", "latin1");
    quick.once("connect", () => {
      quick.write("then", "latin1");
      quick.end();
    });
    const [peer] = (await once(server, "connection")) as [net.Socket];
    expect((await all(peer)).toString()).toBe("before,then");
  });

  test("says how much waits for a peer that does not read, and drains when it does", async () => {
    const { quick, peer } = await pair();
    const piece = Buffer.alloc(MIB);
    let size = 0;
    while (size < 64 * MIB && quick.writableLength <= MIB) {
      quick.write(piece);
      size += MIB;
    }
    expect(quick.writableLength).toBeGreaterThan(MIB);
    const drained = once(quick, "drain");
    let got = 0;
    peer.on("data", (bytes) => {
      got += bytes.length;
    });
    peer.resume();
    await drained;
    expect(quick.writableLength).toBe(0);
    await vi.waitFor(() => expect(got).toBe(size), { timeout: 10_000 });
  });

  test("knows whether the peer took some of one large write, where net.Socket cannot", async () => {
    const { quick, peer } = await pair();
    quick.write(Buffer.alloc(64 * MIB));
    quick.setTimeout(60_000);
    expect(module.goesOn(quick)).toBe(false);
    peer.on("data", () => peer.pause());
    peer.resume();
    const more = setInterval(() => peer.resume(), 1);
    onCleanUp(() => clearInterval(more));
    if (isDirect) await vi.waitFor(() => expect(module.goesOn(quick)).toBe(true), { timeout: 10_000 });
    else await once(peer, "data");
    clearInterval(more);
    peer.pause();
    expect(quick.writableLength).toBeGreaterThan(0);
  });

  test("destroyed with bytes unsent, gives none of their memory back as written and closes once", async () => {
    const { quick } = await pair();
    let written = 0;
    const dones = vi.fn((error?: Error | null) => {
      if (!error) written++;
    });
    for (let i = 0; i < 64; i++) quick.write(Buffer.alloc(MIB), dones);
    // The stream layer tells a turn later.
    await new Promise(setImmediate);
    const sent = written;
    expect(sent).toBeLessThan(64);
    const closes = vi.fn();
    const errors = vi.fn();
    quick.on("close", closes).on("error", errors);
    quick.destroy();
    quick.write("too late", "latin1");
    await vi.waitFor(() => expect(closes).toHaveBeenCalled());
    expect(written).toBe(sent);
    expect(closes).toHaveBeenCalledTimes(1);
  });

  test("reset while bytes wait before its end, closes at once, and the peer learns that there was more", async () => {
    const { quick, peer } = await pair();
    quick.on("error", () => {});
    const reset = once(peer, "error");
    quick.write(Buffer.alloc(64 * MIB));
    quick.end();
    await new Promise(setImmediate);
    const closed = new Promise((resolve) => quick.once("close", resolve));
    quick.resetAndDestroy();
    await closed;
    peer.resume();
    expect(await reset).toMatchObject([{ code: "ECONNRESET" }]);
  });

  test("reset just as it ends, with nothing unsent, closes", async () => {
    const { quick, peer } = await pair();
    quick.on("error", () => {});
    peer.on("error", () => {});
    const closed = new Promise((resolve) => quick.once("close", resolve));
    quick.end("all there is", "latin1");
    quick.resetAndDestroy();
    await closed;
  });

  test("tells of a peer that reset the connection, then closes", async () => {
    const { quick, peer } = await pair();
    const error = once(quick, "error");
    const closed = new Promise((resolve) => quick.once("close", resolve));
    peer.resetAndDestroy();
    const writer = setInterval(() => quick.write("anybody there?", "latin1"), 5);
    onCleanUp(() => clearInterval(writer));
    const [{ code }] = (await error) as [NodeJS.ErrnoException];
    expect(["ECONNRESET", "EPIPE"]).toContain(code);
    await closed;
    expect(quick.destroyed).toBe(true);
  });

  test("hands on what it reads, holds still while paused, and tells of the end", async () => {
    let got = "";
    const { quick, peer } = await pair({
      read: (bytes, length) => {
        got += bytes.toString("latin1", 0, length);
        if (got === "one") quick.pause();
      },
    });
    peer.write("one");
    await vi.waitFor(() => expect(got).toBe("one"));
    peer.write("two");
    // A round trip over the same connection, to be sure that it has arrived.
    const echoed = once(peer, "data");
    quick.write("?", "latin1");
    peer.resume();
    await echoed;
    expect(got).toBe("one");
    const end = once(quick, "end");
    quick.resume();
    peer.end("three");
    await end;
    expect(got).toBe("onetwothree");
    expect(quick.writable).toBe(true);
  });
});
