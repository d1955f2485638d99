import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ResourceSettings, scrapeUrl } from "#lib/contracts/config/resources.ts";
import { currentResources, nothingKnown } from "#lib/core/resources/current.ts";
import { parseExposition } from "#lib/core/resources/exposition.ts";
import { type CpuCounters, readingPlan, readResources } from "#lib/core/resources/reading.ts";

const read = (text: string, before: CpuCounters | null, nowMs: number, settings: object = {}) => {
  const plan = readingPlan(ResourceSettings.parse(settings));
  return readResources(parseExposition(text, { wanted: plan.wanted }), plan, before, nowMs);
};
const NODE_EXPORTER = readFileSync(new URL("node-exporter.txt", import.meta.url), "utf8");
const missing = (reason: string, detail = "") => ({ state: "missing", reason, detail });

describe("the resources of a host", () => {
  it("are read from node_exporter by the defaults, and not from node_exporter's own process", () => {
    const first = read(NODE_EXPORTER, null, 0);
    expect(first.reading).toEqual({
      cpu: missing("first-sample"),
      memory: { state: "known", usedBytes: 2147483648, limitBytes: 8589934592, ratio: 0.25, of: "host" },
      backlog: missing("not-configured"),
    });
    const later = NODE_EXPORTER.replace('mode="user"} 20000', 'mode="user"} 20003')
      .replace('mode="system"} 6100', 'mode="system"} 6101')
      .replace('mode="iowait"} 1300', 'mode="iowait"} 1302')
      .replaceAll("1.00000000e+06", "1.00000200e+06");
    expect(read(later, first.counters, 5_000).reading.cpu).toEqual({ state: "known", ratio: 0.4, of: "host" });
  });

  const cpu = (busy: [number, number]) =>
    busy
      .map(
        (s, core) =>
          `node_cpu_seconds_total{cpu="${core}",mode="user"} ${s}\nnode_cpu_seconds_total{cpu="${core}",mode="idle"} 9\n`,
      )
      .join("");

  it("take what a counter shows after its reset for what was counted since", () => {
    const { counters } = read(cpu([1_000, 2_000]), null, 0);
    const after = read(cpu([1, 2_004]), counters, 10_000);
    expect(after.reading.cpu).toEqual({ state: "known", ratio: 0.25, of: "host" });
  });

  it("never use more than all of the host", () => {
    const { counters } = read(cpu([0, 0]), null, 0);
    expect(read(cpu([6, 6]), counters, 5_000).reading.cpu).toEqual({ state: "known", ratio: 1, of: "host" });
  });

  it("have no rate over no time, nor over ten minutes and a millisecond", () => {
    const { counters } = read(cpu([0, 0]), null, 0);
    expect(read(cpu([1, 1]), counters, 0).reading.cpu).toEqual(missing("first-sample"));
    expect(read(cpu([300, 300]), counters, 600_000).reading.cpu).toMatchObject({ ratio: 0.5 });
    expect(read(cpu([300, 300]), counters, 600_001).reading.cpu).toEqual(missing("first-sample"));
  });

  it("count a core that was added from its second answer on", () => {
    const one = 'node_cpu_seconds_total{cpu="0",mode="user"} 0\nnode_cpu_seconds_total{cpu="0",mode="idle"} 0\n';
    const { counters } = read(one, null, 0);
    expect(read(cpu([5, 700]), counters, 10_000).reading.cpu).toMatchObject({ ratio: 0.25 });
  });
});

describe("the resources of a process", () => {
  const told = (seconds: number, more = "") =>
    `process_cpu_seconds_total ${seconds}\nprocess_resident_memory_bytes 300\n${more}`;

  it("are compared with the cores and the memory that it may use", () => {
    const settings = { processCores: 2, memoryLimitBytes: 1_200 };
    const { counters } = read(told(1), null, 0, settings);
    expect(read(told(4), counters, 5_000, settings).reading).toMatchObject({
      cpu: { state: "known", ratio: 0.3, of: "process" },
      memory: { state: "known", usedBytes: 300, limitBytes: 1_200, ratio: 0.25 },
    });
  });

  it("have no share of a limit that is not known", () => {
    const limit = (bytes: string) =>
      read(told(1, `container_spec_memory_limit_bytes ${bytes}\n`), null, 0).reading.memory;
    expect(limit("600")).toMatchObject({ limitBytes: 600, ratio: 0.5 });
    for (const none of ["0", "+Inf", "1.8446744073709552e19"])
      expect(limit(none)).toMatchObject({ limitBytes: null, ratio: null });
  });

  it("may be gauges and a queue of any name, whose series are summed, each once", () => {
    const settings = { cpuRatio: 'load{of="cpu"}', queueBacklog: 'jobs{state!="done"}' };
    const text =
      'load{of="io"} 9\nload{of="cpu"} 0.75\njobs{state="new"} 4\njobs{state="new"} 4\njobs{state="held"} 3\njobs{state="done"} 50\n';
    expect(read(text, null, 0, settings).reading).toMatchObject({
      cpu: { state: "known", ratio: 0.75 },
      backlog: { state: "known", waiting: 7 },
    });
  });
});

describe("what is not known", () => {
  it("is missing with its reason, never zero", () => {
    expect(read("other 1\n", null, 0, { queueBacklog: "jobs" }).reading).toEqual(nothingKnown("not-found"));
    expect(read("", null, 0, { queueBacklog: "jobs" }).reading.backlog).toMatchObject({ reason: "not-found" });
    const bad = read("jobs{ 1\n?\n", null, 0, { queueBacklog: "jobs" }).reading.backlog;
    expect(bad).toEqual(
      missing("malformed", 'metrics-line line=1 what="has a label that is not like name=\\"value\\"" more=1'),
    );
    for (const value of ["NaN", "+Inf", "-1"])
      expect(read(`jobs ${value}\n`, null, 0, { queueBacklog: "jobs" }).reading.backlog).toEqual(
        missing("unusable-value"),
      );
    expect(read("process_cpu_seconds_total NaN\n", null, 0).reading.cpu).toEqual(missing("unusable-value"));
  });

  const settings = (source: string) => ResourceSettings.parse({ source, intervalMs: 5_000 });
  const told = { source: "push", atMs: 1_000, by: "agent", reading: nothingKnown("not-pushed") } as const;
  const of = (source: string) => ({ nodeId: "n", poolId: "p", settings: settings(source) });

  it("is too old three intervals after it was told, and not a millisecond before", () => {
    expect(currentResources(of("push"), told, 15_999)).toMatchObject({ cpu: missing("not-pushed"), expiresMs: 16_000 });
    expect(currentResources(of("push"), told, 16_000)).toMatchObject({ cpu: missing("too-old"), atMs: 1_000 });
  });

  it("says whether it is turned off, or was not told by the source that is set", () => {
    expect(currentResources(of("off"), told, 1_000)).toMatchObject({ cpu: missing("not-configured"), atMs: null });
    expect(currentResources(of("scrape"), told, 1_000)).toMatchObject({ cpu: missing("not-told"), atMs: null });
  });
});

describe("the address that is asked", () => {
  it.each([
    ["http://{host}:9100/metrics", "https://a.example/base", "http://a.example:9100/metrics"],
    ["{url}/metrics", "https://a.example/base", "https://a.example/base/metrics"],
    ["{scheme}://{host}:{port}/m?x=1", "http://[fd00::1]", "http://[fd00::1]:80/m?x=1"],
  ])("%s of %s is %s", (template, node, url) => {
    expect(scrapeUrl(template, node)).toBe(url);
    expect(ResourceSettings.safeParse({ url: template }).success).toBe(true);
  });

  it.each([
    "ftp://{host}/",
    "{host}/metrics",
    "http://{name}/",
    "http://u:p@{host}/",
    "http://{host}:0/",
    "http://{host}/#x",
  ])("is refused when it is %s", (url) => {
    expect(ResourceSettings.safeParse({ url }).success).toBe(false);
  });

  it("must be there while nodes are asked, and answer within the interval", () => {
    const faults = ResourceSettings.safeParse({ source: "scrape", url: "", intervalMs: 1_000, timeoutMs: 1_001 });
    expect(faults.error?.issues.map(({ path }) => path.join("."))).toEqual(["url", "timeoutMs"]);
  });
});
