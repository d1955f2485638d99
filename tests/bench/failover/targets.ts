// Who is compared: this product's pool from name, algorithm and node URLs alone, and the others by best practice.
import { EMPTY_CONFIG } from "#lib/contracts/config.ts";
import { startHaproxy } from "../support/haproxy.ts";
import { startNginx } from "../support/nginx.ts";
import { poolOf, startProduct } from "../support/product.ts";
import type { Workshop } from "../support/workshop.ts";

export interface Running {
  port: number;
  stop(): Promise<void>;
}
export interface Contender {
  name: string;
  install?: string;
  /** @returns null when it is not installed */
  start(shop: Workshop, nodePorts: readonly number[]): Promise<Running | null>;
}

/** Processes of this product and workers or threads of the others. */
const WORKERS = 2;

const product = (algorithm: string): Contender => ({
  name: `gemini-balance, ${algorithm}`,
  start: (shop, nodePorts) =>
    startProduct(shop, {
      document: { pools: [poolOf("api", algorithm, nodePorts)], routes: [], proxy: EMPTY_CONFIG.proxy },
      processes: WORKERS,
    }),
});

const nginx: Contender = {
  name: "nginx, least_conn",
  install: "apt-get install nginx-light",
  async start(shop, nodePorts) {
    const servers = nodePorts.map((port) => `server 127.0.0.1:${port} max_fails=1 fail_timeout=10s;`);
    const running = await startNginx(shop, {
      workers: WORKERS,
      upstream: `zone nodes 64k; least_conn; ${servers.join(" ")} keepalive 64;`,
      server: `location / {
        proxy_pass http://nodes; proxy_http_version 1.1; proxy_set_header Connection "";
        proxy_connect_timeout 1s; proxy_read_timeout 2s;
        proxy_next_upstream error timeout invalid_header http_500 http_502 http_503 http_504;
        proxy_next_upstream_tries 3;
      }`,
    });
    return running && { port: running.port, stop: () => shop.stop(running.started) };
  },
};

const haproxy: Contender = {
  name: "HAProxy, leastconn",
  install: "apt-get install haproxy",
  async start(shop, nodePorts) {
    const running = await startHaproxy(shop, {
      threads: WORKERS,
      defaults: ["timeout connect 1s", "timeout server 2s", "option http-keep-alive", "http-reuse safe"],
      frontend: ["default_backend nodes"],
      backend: [
        "balance leastconn",
        "retries 3",
        "retry-on all-retryable-errors",
        "option redispatch 1",
        "option httpchk GET /",
        "default-server check inter 1s fall 2 rise 2 observe layer7 error-limit 5 on-error mark-down",
        ...nodePorts.map((port, i) => `server node-${i + 1} 127.0.0.1:${port}`),
      ],
    });
    return running && { port: running.port, stop: () => shop.stop(running.started) };
  },
};

export const CONTENDERS: readonly Contender[] = [
  product("weighted-round-robin"),
  product("least-connections"),
  nginx,
  haproxy,
];
