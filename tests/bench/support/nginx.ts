import { accepting, freePort } from "./ports.ts";
import type { Started, Workshop } from "./workshop.ts";
import { findProgram } from "./workshop.ts";

export interface NginxOptions {
  workers: number;
  /** Content of `upstream nodes { … }` and of `server { … }` besides `listen`. */
  upstream: string;
  server: string;
  core?: number;
}

/** Runs nginx in the foreground below the workshop's directory. @returns null when it is not installed */
export async function startNginx(
  shop: Workshop,
  options: NginxOptions,
): Promise<{ port: number; started: Started } | null> {
  const program = findProgram("nginx");
  if (!program) return null;
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${shop.dir}/${kind};`,
  );
  const config = shop.file(
    `nginx-${port}.conf`,
    `daemon off; pid ${shop.dir}/nginx-${port}.pid; error_log stderr crit; ${isRoot ? "user root;" : ""}
worker_processes ${options.workers}; worker_rlimit_nofile 20000;
events { worker_connections 18000; multi_accept on; }
http {
  access_log off; server_tokens off; tcp_nodelay on;
  keepalive_timeout 75s; keepalive_requests 1000000000;
  ${temporary.join(" ")}
  upstream nodes { ${options.upstream} }
  server { listen 127.0.0.1:${port} backlog=4096; ${options.server} }
}
`,
  );
  const started = await shop.start("nginx", program, ["-p", shop.dir, "-c", config], {
    core: options.core,
    ready: "none",
  });
  await accepting(port, started);
  return { port, started };
}
