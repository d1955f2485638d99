// Who is compared, each set up as its own documentation advises for this job, and doing what this product does for every
// request: a route by host and path, request id, Via and forwarding fields, retries and failure counting. Access logs off.

import path from "node:path";
import { EMPTY_CONFIG } from "#lib/contracts/config.ts";
import { startHaproxy } from "../support/haproxy.ts";
import { startNginx } from "../support/nginx.ts";
import { freePort } from "../support/ports.ts";
import { poolOf, routeTo, startProduct } from "../support/product.ts";
import type { Workshop } from "../support/workshop.ts";

export interface Running {
  port: number;
  /** Processes whose cost counts. */
  pids: number[];
  stop(signal?: NodeJS.Signals): Promise<void>;
}
export interface Setting {
  shop: Workshop;
  nodePort: number;
  /** Core of the proxy under test, and of everything else. */
  core?: number;
  otherCore?: number;
  nodeArgs?: string[];
}
export interface TargetKind {
  name: string;
  /** How to get it, when it may be missing. */
  install?: string;
  /** @returns null when it is not installed */
  start(setting: Setting): Promise<Running | null>;
}

/** Idle connections that each keeps to the node: more than the load has, so that none reconnects. */
const KEPT_CONNECTIONS = 128;
const HOST = "api.example.org";

const product: TargetKind = {
  name: "gemini-balance",
  async start({ shop, nodePort, core, otherCore, nodeArgs }) {
    const pool = poolOf("api", "least-connections", [nodePort], false);
    const fallback = poolOf("fallback", "weighted-round-robin", [nodePort]);
    const routes = [
      routeTo(pool.id, { host: HOST, pathPrefix: "/v1" }),
      routeTo(fallback.id, { host: HOST, pathPrefix: "/v2" }),
      routeTo(fallback.id, { host: "*.example.org" }),
    ];
    // As many idle connections as the others are told to keep.
    pool.keepAlive = { ...pool.keepAlive, maxIdle: KEPT_CONNECTIONS, maxIdlePerNode: KEPT_CONNECTIONS };
    const document = { ...EMPTY_CONFIG, pools: [pool, fallback], routes };
    const started = await startProduct(shop, { document, processes: 1, core, controlCore: otherCore, nodeArgs });
    return { port: started.port, pids: started.proxies.map((proxy) => proxy.pid), stop: started.stop };
  },
};

const NGINX_SERVER = `
  server_name ${HOST};
  location /v1/ {
    proxy_pass http://nodes; proxy_http_version 1.1; proxy_set_header Connection "";
    proxy_set_header Host $host; proxy_set_header Via "1.1 nginx"; proxy_set_header X-Request-Id $request_id;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Host $host;
    add_header X-Request-Id $request_id; add_header Via "1.1 nginx";
    proxy_next_upstream error timeout http_502 http_503 http_504; proxy_next_upstream_tries 3;
    proxy_max_temp_file_size 0;
  }
  location /v2/ { proxy_pass http://nodes; }
  location / { return 404; }`;

const nginx: TargetKind = {
  name: "nginx",
  install: "apt-get install nginx-light",
  async start({ shop, nodePort, core }) {
    const upstream = `zone nodes 64k; least_conn; keepalive ${KEPT_CONNECTIONS}; keepalive_requests 1000000000;
      server 127.0.0.1:${nodePort} max_fails=5 fail_timeout=5s;`;
    const running = await startNginx(shop, { workers: 1, upstream, server: NGINX_SERVER, core });
    return running && { port: running.port, pids: [running.started.pid], stop: () => shop.stop(running.started) };
  },
};

const haproxy: TargetKind = {
  name: "HAProxy",
  install: "apt-get install haproxy",
  async start({ shop, nodePort, core }) {
    const running = await startHaproxy(shop, {
      threads: 1,
      core,
      defaults: ["timeout connect 2s", "timeout server 60s", "option http-keep-alive", "http-reuse always"],
      frontend: [
        "unique-id-format %{+X}o%ci%cp%rt%Ts",
        "unique-id-header X-Request-Id",
        "option forwardfor",
        "http-request set-header X-Forwarded-Proto http",
        "http-request set-header X-Forwarded-Host %[req.hdr(host)]",
        'http-request set-header Via "1.1 haproxy"',
        'http-response set-header Via "1.1 haproxy"',
        "http-response set-header X-Request-Id %[unique-id]",
        `use_backend nodes if { req.hdr(host) -i ${HOST} } { path_beg /v1/ }`,
        `use_backend nodes if { req.hdr(host) -i ${HOST} } { path_beg /v2/ }`,
        "http-request deny deny_status 404 unless { path_beg /v1/ } or { path_beg /v2/ }",
      ],
      backend: [
        "balance leastconn",
        "retries 2",
        "retry-on conn-failure empty-response response-timeout 502 503 504",
        "option redispatch 1",
        "option httpchk GET /",
        `server node-1 127.0.0.1:${nodePort} check inter 5s fall 3 rise 2 observe layer7 error-limit 5 on-error mark-down pool-max-conn ${KEPT_CONNECTIONS}`,
      ],
    });
    return running && { port: running.port, pids: [running.started.pid], stop: () => shop.stop(running.started) };
  },
};

const onNode = (name: string, script: string): TargetKind => ({
  name,
  async start({ shop, nodePort, core }) {
    const port = await freePort();
    const args = [path.join(import.meta.dirname, script), String(port), String(nodePort)];
    const started = await shop.start(name, process.execPath, args, { env: { NODE_ENV: "production" }, core });
    return { port, pids: [started.pid], stop: () => shop.stop(started) };
  },
});

export const PRODUCT = product.name;
export const TARGETS: readonly TargetKind[] = [
  product,
  nginx,
  haproxy,
  onNode("node:http proxy", "node-http-proxy.ts"),
  onNode("http-proxy", "http-proxy-proxy.ts"),
];
