// A real gRPC server and client, with a service that needs no .proto: messages are bytes.
import { randomUUID } from "node:crypto";
import * as grpc from "@grpc/grpc-js";
import { onCleanUp } from "../clean-up.ts";

const bytes = (message: Buffer): Buffer => message;
const method = (name: string, requestStream: boolean, responseStream: boolean) => ({
  path: `/test.Calls/${name}`,
  requestStream,
  responseStream,
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
});
const SERVICE = {
  unary: method("unary", false, false),
  upload: method("upload", true, false),
  download: method("download", false, true),
  chat: method("chat", true, true),
};

export interface GrpcHandlers {
  unary?: grpc.handleUnaryCall<Buffer, Buffer>;
  upload?: grpc.handleClientStreamingCall<Buffer, Buffer>;
  download?: grpc.handleServerStreamingCall<Buffer, Buffer>;
  chat?: grpc.handleBidiStreamingCall<Buffer, Buffer>;
}

export interface GrpcNode {
  id: string;
  url: string;
  calls: number;
  /** As when its process dies. */
  kill(): void;
}

const OPTIONS = { "grpc.max_receive_message_length": 16_777_216, "grpc.enable_retries": 0 };

export async function startGrpcNode(handlers: GrpcHandlers): Promise<GrpcNode> {
  const server = new grpc.Server(OPTIONS);
  const node: GrpcNode = { id: randomUUID(), url: "", calls: 0, kill: () => server.forceShutdown() };
  const counted = Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      (...args: never[]) => {
        node.calls++;
        (handler as (...args: never[]) => void)(...args);
      },
    ]),
  );
  server.addService(SERVICE, counted as grpc.UntypedServiceImplementation);
  const credentials = grpc.ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", credentials, (fault, bound) => (fault ? reject(fault) : resolve(bound))),
  );
  node.url = `http://127.0.0.1:${port}`;
  onCleanUp(() => server.forceShutdown());
  return node;
}

type Done = grpc.requestCallback<Buffer>;
export interface GrpcClient {
  unary(message: Buffer, meta: grpc.Metadata, options: grpc.CallOptions, done: Done): grpc.ClientUnaryCall;
  upload(done: Done): grpc.ClientWritableStream<Buffer>;
  download(message: Buffer): grpc.ClientReadableStream<Buffer>;
  chat(): grpc.ClientDuplexStream<Buffer, Buffer>;
  close(): void;
}

export function connectGrpc(port: number): GrpcClient {
  const Client = grpc.makeGenericClientConstructor(SERVICE, "Calls");
  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), OPTIONS);
  onCleanUp(() => client.close());
  return client as unknown as GrpcClient;
}

/** One unary call. Rejects with the status. */
export const callUnary = (
  client: GrpcClient,
  message: Buffer,
  options: grpc.CallOptions = {},
  meta = new grpc.Metadata(),
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    client.unary(message, meta, options, (fault, answer) => (fault ? reject(fault) : resolve(answer as Buffer)));
  });

/** All messages of a stream. Rejects with the status. */
export const allOf = (stream: grpc.ClientReadableStream<Buffer>): Promise<Buffer[]> =>
  new Promise((resolve, reject) => {
    const messages: Buffer[] = [];
    stream.on("data", (message: Buffer) => messages.push(message));
    stream.on("error", reject);
    stream.on("end", () => resolve(messages));
  });
