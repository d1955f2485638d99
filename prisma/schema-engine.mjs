#!/usr/bin/env node
// Speaks the schema engine's JSON-RPC over stdin/stdout, backed by @prisma/schema-engine-wasm and the pg driver adapter.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import * as bg from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";
import { parse as parseConnectionString } from "pg-connection-string";

const require = createRequire(import.meta.url);
const wasmPath = require.resolve("@prisma/schema-engine-wasm").replace(/schema_engine\.js$/, "schema_engine_bg.wasm");
const { instance } = await WebAssembly.instantiate(readFileSync(wasmPath), { "./schema_engine_bg.js": bg });
bg.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start?.();

globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (m) => log("ERROR", { is_panic: true, message: m }) };

// adapter-pg knows no mapping for the catalogue type "char" (oid 18), which the engine reads as a character.
const CHAR_OID = 18;
const TEXT_OID = 25;
const addFields = pg.Result.prototype.addFields;
pg.Result.prototype.addFields = function (fields) {
  for (const f of fields) {
    if (f.dataTypeID === CHAR_OID) {
      f.dataTypeID = TEXT_OID;
      f.isChar = true;
    }
  }
  return addFields.call(this, fields);
};
function readChars(adapter) {
  const queryRaw = adapter.queryRaw;
  adapter.queryRaw = async (query) => {
    let fields = [];
    const view = Object.create(adapter, {
      performIO: {
        value: async (q) => {
          const result = await adapter.performIO(q);
          fields = result.fields ?? [];
          return result;
        },
      },
    });
    const result = await queryRaw.call(view, query);
    fields.forEach((f, i) => {
      if (f.isChar) result.columnTypes[i] = ColumnTypeEnum.Character;
    });
    return result;
  };
  // adapter-pg splits scripts at every ";", which breaks function bodies; one simple query is also one transaction.
  adapter.executeScript = async (script) => {
    try {
      await adapter.client.query(script);
    } catch (error) {
      adapter.onError(error);
    }
  };
  return adapter;
}
// adapter-pg 7.10's own connectToShadowDb drops the database while its pool is still connected, and a
// connectionString would override the shadow database's name, so the shadow database is made here.
function adapterFactory(connectionString) {
  const { host, port, user, password, database } = parseConnectionString(connectionString);
  const settings = { host, port: port ? Number(port) : undefined, user, password, database, max: 1 };
  const connect = async (overrides) => readChars(await new PrismaPg({ ...settings, ...overrides }).connect());
  return bindMigrationAwareSqlAdapterFactory({
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    connect: () => connect({}),
    async connectToShadowDb() {
      const name = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
      const main = await connect({});
      await main.executeScript(`CREATE DATABASE "${name}"`);
      const shadow = await connect({ database: name });
      const dispose = shadow.dispose.bind(shadow);
      shadow.dispose = async () => {
        await dispose();
        await main.executeScript(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
        await main.dispose();
      };
      return shadow;
    },
  });
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    version: { type: "boolean" },
    datamodels: { type: "string", multiple: true },
    datasource: { type: "string" },
    "enabled-preview-features": { type: "string" },
    "extension-types": { type: "string" },
  },
});
if (values.version) {
  console.log(`schema-engine-cli ${bg.version()}`);
  process.exit(0);
}
const url =
  (values.datasource ? JSON.parse(values.datasource).url : undefined) ??
  process.env.DATABASE_URL ??
  "postgresql://localhost:5432/postgres";

const log = (level, fields) =>
  process.stderr.write(
    `${JSON.stringify({ timestamp: new Date().toISOString(), level, fields, target: "schema_engine::logger" })}\n`,
  );

if (positionals[0] === "cli") {
  const target = new URL(url);
  const name = decodeURIComponent(target.pathname.slice(1));
  const admin = new URL(url);
  admin.pathname = "/postgres";
  const run = async (cs, sql) => {
    const c = new pg.Client({ connectionString: String(cs) });
    await c.connect();
    try {
      if (sql) await c.query(sql);
    } finally {
      await c.end();
    }
  };
  try {
    process.stderr.write("\n");
    if (positionals[1] === "can-connect-to-database") await run(target);
    else if (positionals[1] === "create-database") await run(admin, `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    else if (positionals[1] === "drop-database") await run(admin, `DROP DATABASE ${pg.escapeIdentifier(name)}`);
    else throw new Error(`unknown command ${positionals[1]}`);
    process.exit(0);
  } catch (e) {
    const code = e.code === "3D000" ? "P1003" : e.code === "ECONNREFUSED" ? "P1001" : "P1000";
    log("ERROR", { is_panic: false, error_code: code, message: e.message || String(e) });
    process.exit(1);
  }
}

const datamodels = (values.datamodels ?? []).map((f) => [f, readFileSync(f, "utf8")]);
let created;
const engine = () =>
  (created ??= bg.SchemaEngine.new(
    { datamodels: datamodels.length ? datamodels : undefined },
    () => {},
    adapterFactory(url),
  ));
const send = (m) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...m })}\n`);
let printId = 1_000_000,
  pending = 0,
  closed = false;
const done = () => {
  if (closed && !pending) process.exit(0);
};
createInterface({ input: process.stdin })
  .on("line", async (line) => {
    if (!line.trim()) return;
    const { id, method, params } = JSON.parse(line);
    if (!method) return;
    pending++;
    try {
      const e = await engine();
      // The wasm engine reaches its shadow database in devDiagnostic only; these two then read the schema it kept.
      if (method === "evaluateDataLoss" || method === "createMigration")
        await e.devDiagnostic({ migrationsList: params.migrationsList, filters: params.filters });
      const name = method === "getDatabaseVersion" ? "version" : method;
      if (typeof e[name] !== "function") throw new Error(`method ${method} is not supported by the wasm schema engine`);
      const result = await e[name](params ?? undefined);
      if (method === "diff" && result?.stdout != null)
        send({ id: printId++, method: "print", params: { content: result.stdout } });
      send({ id, result: method === "diff" ? { exitCode: result.exitCode } : (result ?? null) });
    } catch (err) {
      if (process.env.SHIM_DEBUG) process.stderr.write(`${method}: ${err?.stack ?? err}\n`);
      const m = /^(P\d{4})/.exec(err?.code ?? err?.message ?? "");
      send({
        id,
        error: {
          code: 4466,
          message: "An error happened. Check the data field for details.",
          data: {
            is_panic: false,
            message: err?.message ?? String(err),
            meta: err?.meta ?? null,
            error_code: err?.code ?? m?.[1],
          },
        },
      });
    } finally {
      pending--;
      done();
    }
  })
  .on("close", () => {
    closed = true;
    done();
  });
