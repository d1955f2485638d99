// A DNS server on loopback, UDP and TCP on one port, that answers A and AAAA as a test tells it at that moment.
import dgram from "node:dgram";
import net from "node:net";

export type DnsAnswer =
  | { addresses: string[]; ttlSeconds?: number; v6?: DnsAnswer; isTruncated?: boolean }
  | "nxdomain"
  | "servfail"
  | "hangs";

const RCODES = { nxdomain: 3, servfail: 2 } as const;
const A = 1;
const AAAA = 28;

export interface DnsServer {
  address: string;
  /** What each name resolves to from now on. A name it does not have is NXDOMAIN. */
  zone: Record<string, DnsAnswer>;
  /** Questions for A records, by name. */
  asked: Map<string, number>;
  askedByTcp: number;
}

/** @param onCleanUp is told what to do when the test is over */
export async function startDns(
  zone: Record<string, DnsAnswer>,
  onCleanUp: (step: () => void) => void,
): Promise<DnsServer> {
  const tcp = net.createServer();
  await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
  const { port } = tcp.address() as net.AddressInfo;
  const udp = dgram.createSocket("udp4");
  await new Promise<void>((resolve) => udp.bind(port, "127.0.0.1", resolve));
  const server: DnsServer = { address: `127.0.0.1:${port}`, zone, asked: new Map(), askedByTcp: 0 };

  udp.on("message", (question, { port: from, address }) => {
    const answer = answerTo(question, server, false);
    if (answer) udp.send(answer, from, address);
  });
  tcp.on("connection", (socket) => {
    onCleanUp(() => void socket.destroy());
    socket.on("error", () => {});
    let bytes = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length > 2 && bytes.length >= 2 + bytes.readUInt16BE(0)) {
        const question = bytes.subarray(2, 2 + bytes.readUInt16BE(0));
        bytes = bytes.subarray(2 + question.length);
        server.askedByTcp++;
        const answer = answerTo(question, server, true);
        if (answer) socket.write(Buffer.concat([uint16(answer.length), answer]));
      }
    });
  });
  onCleanUp(() => {
    udp.close();
    tcp.close();
  });
  return server;
}

/** Header and question come back as they were asked; records point to the question's name. */
function answerTo(question: Buffer, { zone, asked }: DnsServer, isTcp: boolean): Buffer | null {
  const { name, end } = readName(question);
  const type = question.readUInt16BE(end);
  if (type === A) asked.set(name, (asked.get(name) ?? 0) + 1);
  const known = zone[name] ?? "nxdomain";
  const told = type === AAAA && typeof known === "object" ? (known.v6 ?? { addresses: [] }) : known;
  if (told === "hangs") return null;
  const records = typeof told === "string" ? [] : told.addresses.map((ip) => record(ip, told.ttlSeconds ?? 1));
  const rcode = typeof told === "string" ? RCODES[told] : 0;
  const isTruncated = typeof told === "object" && told.isTruncated === true && !isTcp;
  if (isTruncated) records.length = 0;
  const flags = 0x8180 | (isTruncated ? 0x0200 : 0) | rcode;
  const counts = [1, records.length, 0, 0].map(uint16);
  return Buffer.concat([question.subarray(0, 2), uint16(flags), ...counts, question.subarray(12, end + 4), ...records]);
}

function readName(question: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] as number; length > 0; length = question[at] as number) {
    labels.push(question.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), end: at + 1 };
}

const uint16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);

function record(ip: string, ttlSeconds: number): Buffer {
  const data = ip.includes(":") ? v6Bytes(ip) : Buffer.from(ip.split(".").map(Number));
  const type = data.length === 4 ? A : AAAA;
  const ttl = [uint16(ttlSeconds >>> 16), uint16(ttlSeconds & 0xffff)];
  return Buffer.concat([uint16(0xc00c), uint16(type), uint16(1), ...ttl, uint16(data.length), data]);
}

function v6Bytes(ip: string): Buffer {
  const [head = "", tail = ""] = ip.split("::");
  const groups = (half: string) => (half === "" ? [] : half.split(":"));
  const zeros = Array.from({ length: 8 - groups(head).length - groups(tail).length }, () => "0");
  return Buffer.concat([...groups(head), ...zeros, ...groups(tail)].map((group) => uint16(Number.parseInt(group, 16))));
}
