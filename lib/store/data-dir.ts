// Where a worker keeps what must outlive its processes. One folder (GB_DATA_DIR), readable by its owner only.
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";

export type DataDir = ReturnType<typeof dataDir>;

/** A Unix socket's path may have 107 bytes; a deeper data directory gets its socket in the temporary directory. */
const MAX_SOCKET_PATH = 100;

/** Names of the files below the data directory `dir`; nothing is created here. */
export function dataDir(dir: string) {
  const root = path.resolve(dir);
  const short = createHash("sha256").update(root).digest("hex").slice(0, 16);
  const socket = (name: string) => {
    const file = path.join(root, `${name}.sock`);
    return file.length <= MAX_SOCKET_PATH ? file : path.join(tmpdir(), `gb-${name}-${short}.sock`);
  };
  return {
    root,
    /** Embedded PostgreSQL's cluster. */
    postgres: path.join(root, "pg"),
    /** Password of the embedded PostgreSQL's owner, mode 0600. */
    postgresPassword: path.join(root, "pg-password"),
    /** Password of the role that the product works as in the embedded PostgreSQL, mode 0600. */
    postgresProductPassword: path.join(root, "pg-product-password"),
    /** Port of the embedded PostgreSQL on 127.0.0.1: the same at every start. */
    postgresPort: path.join(root, "pg-port"),
    /** Signs sessions, mode 0600. */
    secret: path.join(root, "secret"),
    /** Seals private keys and credentials unless GB_SECRET_KEY does, mode 0600. */
    secretKey: path.join(root, "secret-key"),
    /** What the supervisor started: its own pid and its children's, so that the next start can clean up. */
    supervisor: path.join(root, "supervisor.json"),
    /** Identity of this worker: stays the same over restarts. */
    workerId: path.join(root, "worker-id"),
    /** Last good PublishedConfig and RuntimeState: a proxy process serves from them alone. */
    config: path.join(root, "config.json"),
    runtime: path.join(root, "runtime.json"),
    /** Last certificates; their private keys as ciphertext only. */
    certificates: path.join(root, "certificates.json"),
    /** Learned sessions, by hashes of their tokens. */
    sessions: path.join(root, "sessions.json"),
    /** Counts of each level of each node's health check, which no proxy needs. */
    checks: path.join(root, "checks.json"),
    /** What nodes with a quota have been sent, as the control process knew it last. */
    quotas: path.join(root, "quotas.json"),
    /** What this worker has told of an outage of the database that goes on. */
    outage: path.join(root, "outage.json"),
    /** Bus between control and the proxy processes (lib/contracts/bus.ts). */
    bus: socket("bus"),
    /** What the supervisor is told to do (workers/supervisor/commands.ts). */
    commands: socket("supervisor"),
  } as const;
}
