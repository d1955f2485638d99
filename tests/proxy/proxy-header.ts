/** A header of version 2 of the PROXY protocol, and the start of a request behind it. */
export const proxyV2 = (command: number, family: number, rest: number[], behind = "GET / HTTP/1.1\r\n"): Buffer =>
  Buffer.concat([
    Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1"),
    Buffer.from([command, family, rest.length >> 8, rest.length & 255, ...rest]),
    Buffer.from(behind, "latin1"),
  ]);
