// Ten thousand nodes in one process: every address of 127/8 is this machine, so one listening socket is as many servers as
// addresses are asked for. Answers are written ready-made, as it is the prober that is measured. Child of main.ts.
import http2 from "node:http2";
import net from "node:net";

const BODY = '{"status":"ok","queue":3}';
const ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\nConnection: close\r\n\r\n${BODY}`,
);
const SERVING = Buffer.from("00000000020801", "hex");

let connections = 0;
let open = 0;
let mostOpen = 0;

function count(socket: net.Socket): void {
  connections++;
  mostOpen = Math.max(mostOpen, ++open);
  socket.on("error", () => {});
  socket.on("close", () => open--);
}

const web = net.createServer((socket) => {
  count(socket);
  socket.on("data", () => socket.end(ANSWER));
});
/** Takes the connection and says nothing. */
const hung = net.createServer((socket) => {
  count(socket);
  socket.resume();
});
const grpc = http2.createServer();
grpc.on("connection", count);
grpc.on("sessionError", () => {});
grpc.on("stream", (stream) => {
  stream.on("error", () => {});
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(SERVING);
});

const listen = (server: net.Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen({ port: 0, host: "0.0.0.0", backlog: 4_096 }, () =>
      resolve((server.address() as net.AddressInfo).port),
    );
  });

const [webPort, hungPort, grpcPort] = await Promise.all([web, hung, grpc as unknown as net.Server].map(listen));
process.send?.({ type: "ports", web: webPort, hung: hungPort, grpc: grpcPort });
process.send?.({ type: "ready" });
process.on("message", () => {
  process.send?.({ type: "counts", connections, mostOpen });
  connections = 0;
  mostOpen = open;
});
process.on("disconnect", () => process.exit());
