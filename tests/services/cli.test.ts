import fs from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { parse as parseYaml } from "yaml";
import { listen, serveCli } from "./cli-rig.ts";
import { api, makeNode, makePool, serveApi } from "./harness.ts";

// Each command is a process: on a machine with company they take their time to start.
vi.setConfig({ testTimeout: 180_000 });
serveApi();
const rig = serveCli();
const gb: typeof rig.gb = (...args) => rig.gb(...args);
const lines = (text: string) => text.trimEnd().split("\n");
const file = (name: string, content: string) => {
  fs.writeFileSync(path.join(rig.dir, name), content);
  return name;
};
const credentials = () => path.join(rig.dir, "config/gemini-balance/credentials.json");
/** Without the variables that come before what was logged in with. */
const LOGGED_IN = { GB_SERVER: undefined, GB_API_TOKEN: undefined };

let pool: { id: string; name: string };
let node: { id: string; name: string };
beforeAll(async () => {
  pool = await makePool({ name: "payments", algorithm: "peak-ewma" });
  node = await makeNode(pool.id, { name: "a", url: "http://10.0.0.7:8080", weight: 5 });
});

describe("help", () => {
  it("lists every command, and tells of each with examples", async () => {
    const { code, out } = await gb([]);
    expect(code).toBe(0);
    const names = [...out.matchAll(/^ {2}([a-z-]+) {3}/gm)].map(([, name]) => name as string);
    expect(names).toEqual(expect.arrayContaining(["login", "get", "apply", "diff", "export", "drain", "status"]));
    for (const name of ["apply", "drain", "completion"]) {
      const help = await gb([name, "--help"]);
      expect([help.code, help.err]).toEqual([0, ""]);
      expect(help.out).toMatch(/Usage:\n {2}gb .*\n\nExamples:\n {2}/);
    }
  });
  it.each([
    [["frobnicate"], 'unknown command "frobnicate"'],
    [["get"], "the kind (pools, nodes, routes, revisions, alerts, workers) is missing"],
    [["get", "things"], 'there is no kind "things"'],
    [["get", "pools", "--colour"], "unknown option '--colour'"],
    [["get", "pools", "-o", "xml"], 'unknown output format "xml"'],
    [["apply"], "-f FILE is missing"],
    [["rollback", "x"], '"x" is not the number of a revision'],
    [["drain", "payments/a", "--timeout", "soon"], "--timeout must be a time"],
    [["drain"], "the node, as POOL/NODE, is missing"],
    [["status", "--request-timeout", "0"], "--request-timeout must be seconds"],
    [["status", "--server", "ftp://x"], "ftp://x is not the address of a server"],
  ])("is where a slip in the command line leads to: %s", async (args, message) => {
    const { code, out, err } = await gb(args);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(`error: ${message}`);
  });
});

describe("get", () => {
  it("prints a plain table without a terminal, and more columns when asked", async () => {
    const { code, out, err } = await gb(["get", "pools"]);
    expect([code, err]).toEqual([0, ""]);
    expect(lines(out)[0]).toMatch(/^NAME +ALGORITHM +SERVING +ROUTES +DEFAULT$/);
    expect(out).toMatch(/^payments +peak-ewma +1\/1 +0 +-$/m);
    expect(out).not.toContain("\u001b");
    expect((await gb(["get", "po", "-o", "wide"])).out).toContain(pool.id);
    expect((await gb(["get", "pools"], { env: { FORCE_COLOR: "1" } })).code).toBe(0);
  });
  it("prints JSON and YAML for programs, a list or the one that is named", async () => {
    const list = JSON.parse((await gb(["get", "nodes", "-o", "json"])).out);
    expect(list.items.map((each: { name: string }) => each.name)).toContain("a");
    const one = parseYaml((await gb(["get", "node", "PAYMENTS/a", "-o", "yaml"])).out);
    expect([one.id, one.weight]).toEqual([node.id, 5]);
    expect((await gb(["get", "nodes", "-o", "name"])).out).toBe("node/payments/a\n");
    expect((await gb(["get", "nodes", "--pool", "payments", "--no-headers"])).out).toMatch(/^payments\/a +unchecked/);
  });
  it("says so when there is none, on standard error, and fails for a name that is not there", async () => {
    expect(await gb(["get", "workers"])).toEqual({ code: 0, out: "", err: "No workers found.\n" });
    const missing = await gb(["get", "pool", "pay"]);
    expect(missing).toEqual({ code: 1, out: "", err: 'error: there is no pool "pay"; did you mean payments?\n' });
  });
  it("does not let a name steer the terminal", async () => {
    const evil = await makePool({ description: "x\u001b]0;gotcha\u0007y\u009b31m" });
    const { out } = await gb(["get", "pool", evil.name, "-o", "wide"]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(out).not.toMatch(/[\u001b\u0007\u009b]/);
    await api("DELETE", `/pools/${evil.id}`);
  });
  it("ends well when nobody reads on", async () => {
    const child = rig.start(["get", "pools", "-o", "json"]);
    child.stdout?.destroy();
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(code).toBe(0);
  });
});

describe("describe, status and top", () => {
  it("tell a node with its settings, facts and events", async () => {
    const { code, out } = await gb(["describe", "node", "payments/a"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Name: +payments\/a$/m);
    expect(out).toMatch(/^Facts:\n[\s\S]*^ {4}state: ready$/m);
  });
  it("tell a pool, a revision and how everything is", async () => {
    expect((await gb(["describe", "pool", "payments"])).out).toMatch(/Nodes:\n {2}NAME +STATUS/);
    expect((await gb(["describe", "revision", "1"])).out).toMatch(/\+ pool payments\n {4}name: "payments"/);
    const status = await gb(["status"]);
    expect(status.out).toMatch(/^Database: +ok$/m);
    expect(status.out).toMatch(/^Workers: +0 live$/m);
    expect(JSON.parse((await gb(["status", "-o", "json"])).out).pools).toHaveLength(1);
    expect((await gb(["top"])).out).toMatch(/^payments +-/m);
  });
});

describe("node operations", () => {
  it("drain, ready, maintenance: by name, at once, and told as kubectl tells it", async () => {
    expect(await gb(["drain", "payments/a", "--timeout", "1m30s"])).toEqual({
      code: 0,
      out: "node/payments/a draining\n",
      err: "",
    });
    const { facts } = (await api("GET", `/nodes/${node.id}`)).body;
    expect(facts.admin.state).toBe("drain");
    expect(facts.admin.deadlineMs - facts.admin.sinceMs).toBe(90_000);
    expect((await gb(["maintenance", "a"])).out).toBe("node/payments/a in maintenance\n");
    expect((await gb(["warm-up", "payments/a"])).err).toContain("(conflict)");
    expect((await gb(["ready", node.id])).out).toBe("node/payments/a ready\n");
  });
  it("change nothing when one of the names is wrong", async () => {
    const { code, err } = await gb(["drain", "payments/a", "payments/b"]);
    expect([code, err]).toEqual([1, 'error: there is no node "payments/b"\n']);
    expect((await api("GET", `/nodes/${node.id}`)).body.facts.admin.state).toBe("ready");
  });
});

describe("login", () => {
  it("tries the token, keeps it for its owner only, and logout forgets it", async () => {
    const login = await gb(["login", rig.url], { env: LOGGED_IN, input: "test-token-of-operator\n" });
    expect(login).toMatchObject({ code: 0, err: "" });
    expect(login.out).toContain("as a operator (operator)");
    expect(fs.statSync(credentials()).mode & 0o777).toBe(0o600);
    const me = JSON.parse((await gb(["whoami", "-o", "json"], { env: LOGGED_IN })).out);
    expect([me.server, me.role]).toEqual([rig.url, "operator"]);
    expect((await gb(["whoami"], { env: { ...LOGGED_IN, GB_API_TOKEN: "test-token-of-viewer" } })).out).toContain(
      "viewer",
    );
    expect((await gb(["logout"], { env: LOGGED_IN })).out).toContain("Logged out");
    expect(fs.existsSync(credentials())).toBe(false);
    expect((await gb(["logout"], { env: LOGGED_IN })).out).toBe("Nobody was logged in\n");
  });
  it("keeps nothing when the token is wrong, and never sends a kept one to another server", async () => {
    const wrong = await gb(["login", rig.url], { env: LOGGED_IN, input: "wrong" });
    expect([wrong.code, wrong.out]).toEqual([1, ""]);
    expect(wrong.err).toContain("unauthenticated");
    expect(fs.existsSync(credentials())).toBe(false);

    let seen: string | undefined = "nothing was asked";
    const other = createServer((request, response) => {
      seen = request.headers.authorization;
      response.writeHead(404).end();
    });
    const address = await listen(other);
    await gb(["login", rig.url], { env: LOGGED_IN, input: "test-token-of-viewer" });
    const { err } = await gb(["get", "pools", "--server", address], { env: LOGGED_IN });
    expect(err).toContain("not as a Gemini Balance does");
    expect(seen).toBeUndefined();
    other.close();
  });
  it("is refused when others may read the token", async () => {
    fs.chmodSync(credentials(), 0o644);
    const { code, err } = await gb(["whoami"], { env: LOGGED_IN });
    expect(code).toBe(1);
    expect(err).toContain("may be read by others");
    fs.rmSync(credentials());
  });
});

describe("what goes wrong between here and the server", () => {
  it("is told when nobody listens, when the token is unknown and when a role is too low", async () => {
    const gone = createServer();
    const nobody = await listen(gone);
    await new Promise((resolve) => gone.close(resolve));
    const unreachable = await gb(["get", "pools"], { env: { GB_SERVER: nobody } });
    expect([unreachable.code, unreachable.out]).toEqual([1, ""]);
    expect(unreachable.err).toMatch(/^error: cannot reach http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/);
    const unknown = await gb(["get", "pools"], { env: { GB_API_TOKEN: "nobody-knows-this" } });
    expect(unknown.err).toMatch(
      /\(unauthenticated\)\n {2}The API token is not known\.\n {2}log in: .*\n {2}request id: /,
    );
    const viewer = await gb(["drain", "payments/a"], { env: { GB_API_TOKEN: "test-token-of-viewer" } });
    expect(viewer.err).toContain("This needs the role operator");
    const diff = await gb(["diff", "-f", "-"], { env: { GB_SERVER: nobody }, input: "pools: []" });
    expect(diff.code).toBe(2);
  });
  it("is told when the server is there and its database is not, or when it never answers", async () => {
    const problem = { type: "x", title: "The database is not available", status: 503, code: "database-unavailable" };
    const ill = createServer((_, response) => {
      response.writeHead(503, { "content-type": "application/problem+json" }).end(JSON.stringify(problem));
    });
    const silent = createServer(() => {});
    const [illUrl, silentUrl] = [await listen(ill), await listen(silent)];
    const { code, err } = await gb(["get", "pools"], { env: { GB_SERVER: illUrl } });
    expect([code, err]).toEqual([1, "error: The database is not available (database-unavailable)\n"]);
    const late = await gb(["get", "pools", "--request-timeout", "0.2"], { env: { GB_SERVER: silentUrl } });
    expect(late).toMatchObject({ code: 1, err: `error: ${silentUrl} did not answer within 0.2 s\n` });
    const child = rig.start(["get", "pools"], { env: { GB_SERVER: silentUrl } });
    silent.once("request", () => child.kill("SIGINT"));
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(130);
    for (const server of [ill, silent]) {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe("apply, diff and export", () => {
  it("show what would change, publish it once, and agree that nothing is left to do", async () => {
    const name = file(
      "balance.yaml",
      "pools:\n  - name: search\n    algorithm: peak-ewma\n    isDefault: true\n    nodes:\n      - { name: s1, url: http://10.0.0.9 }\n",
    );
    const diff = await gb(["diff", "-f", name]);
    expect(diff.code).toBe(1);
    expect(diff.out).toMatch(
      /^\+ pool search\n {4}name: "search"\n {4}algorithm: "peak-ewma"\n {4}isDefault: true\n\+ node search\/s1$/m,
    );
    const dry = await gb(["apply", "-f", name, "--dry-run"]);
    expect(dry).toMatchObject({ code: 0, out: expect.stringContaining("nothing was published (dry run)") });
    const applied = await gb(["apply", "-f", name, "--yes", "--note", "from a test"]);
    expect(applied.code).toBe(0);
    const revision = /published: revision (\d+)/.exec(applied.out)?.[1];
    expect((await api("GET", `/revisions/${revision}`)).body.note).toBe("from a test");
    expect((await gb(["apply", "-f", name])).out).toMatch(/^unchanged: revision \d+ is what the file says/);
    const same = await gb(["diff", "-f", name]);
    expect([same.code, same.out]).toEqual([0, ""]);
  });
  it("export what diff finds no difference to, in either format and by a pipe", async () => {
    for (const format of ["yaml", "json"]) {
      const { out } = await gb(["export", "-o", format]);
      const name = file(`export.${format}`, out);
      expect((await gb(["diff", "-f", name, "--prune"])).code).toBe(0);
      expect((await gb(["diff", "-f", "-", "--prune"], { input: out })).code).toBe(0);
    }
    expect((await gb(["export", "--no-ids"])).out).not.toMatch(/^ +id:/m);
  });
  it("delete only with prune, and where nobody can be asked only with yes", async () => {
    const name = file("fewer.yaml", "pools:\n  - { name: payments, algorithm: peak-ewma, isDefault: false }\n");
    expect((await gb(["diff", "-f", name])).code).toBe(0);
    const refused = await gb(["apply", "-f", name, "--prune"]);
    expect([refused.code, refused.out]).toEqual([1, expect.stringContaining("- pool search")]);
    expect(refused.err).toContain("say --yes");
    expect((await gb(["apply", "-f", name, "--prune", "--yes"])).out).toContain("published: revision");
    expect((await gb(["get", "pools", "-o", "name"])).out).toBe("pool/payments\n");
  });
  it("tell every fault of a file with its name and line", async () => {
    const name = file(
      "bad.yaml",
      "pools:\n  - name: x\n    algorithm: fastest\n  - name: y\n    algorithm: peak-ewma\n    maxQueue: -1\n",
    );
    const { code, out, err } = await gb(["apply", "-f", name]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain("bad.yaml:3:5: pools[0].algorithm: must be one of");
    expect(err).toContain("bad.yaml:6:5: pools[1].maxQueue: must be at least 0");
    expect((await gb(["diff", "-f", "nowhere.yaml"])).err).toBe(
      "error: cannot read nowhere.yaml: there is no such file\n",
    );
  });
  it("roll back by the revision's number", async () => {
    const { code, out } = await gb(["rollback", "r2"]);
    expect([code, out]).toEqual([0, expect.stringMatching(/^published: revision \d+, which is revision 2 again\n$/)]);
    expect((await gb(["get", "revisions", "--limit", "1"])).out).toMatch(/^\d+ \* /m);
    expect((await gb(["rollback", "999"])).err).toContain("not-found");
  });
  it("write the schema that editors need", async () => {
    expect(JSON.parse((await gb(["schema"])).out).properties.pools.type).toBe("array");
    expect((await gb(["schema", "s.json"])).code).toBe(0);
    expect(JSON.parse(fs.readFileSync(path.join(rig.dir, "s.json"), "utf8")).title).toContain("Gemini Balance");
  });
});
