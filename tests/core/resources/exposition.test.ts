import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSelector } from "#lib/contracts/config/series-selector.ts";
import { parseExposition } from "#lib/core/resources/exposition.ts";

const samplesOf = (text: string) =>
  parseExposition(text).samples.map(({ labels, ...sample }) => ({ ...sample, labels: { ...labels } }));
const faultsOf = (text: string, mustEnd = false) => parseExposition(text, { mustEnd }).faults;

describe("a Prometheus exposition", () => {
  it("is read as the format's own example is meant", () => {
    const text = `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9
# Minimalistic line:
metric_without_timestamp_and_labels 12.47
# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045
# A summary, with blanks:
rpc_duration_seconds { quantile = "0.01" , } 3102
	rpc_duration_seconds_sum NaN
`;
    expect(faultsOf(text)).toEqual([]);
    expect(parseExposition(text).types.get("http_requests_total")).toBe("counter");
    expect(samplesOf(text)).toEqual([
      { name: "http_requests_total", labels: { method: "post", code: "200" }, value: 1027, timestamp: 1395066363000 },
      { name: "http_requests_total", labels: { method: "post", code: "400" }, value: 3, timestamp: 1395066363000 },
      {
        name: "msdos_file_access_time_seconds",
        labels: { path: "C:\\DIR\\FILE.TXT", error: 'Cannot find file:\n"FILE.TXT"' },
        value: 1458255915,
        timestamp: null,
      },
      { name: "metric_without_timestamp_and_labels", labels: {}, value: 12.47, timestamp: null },
      {
        name: "something_weird",
        labels: { problem: "division by zero" },
        value: Number.POSITIVE_INFINITY,
        timestamp: -3982045,
      },
      { name: "rpc_duration_seconds", labels: { quantile: "0.01" }, value: 3102, timestamp: null },
      { name: "rpc_duration_seconds_sum", labels: {}, value: Number.NaN, timestamp: null },
    ]);
  });

  it("is read as OpenMetrics, with units, exemplars and an end", () => {
    const text = `# TYPE foo histogram
# UNIT foo seconds
foo_bucket{le="0.1"} 8 # {} 0.054
foo_bucket{le="1.0"} 11 1520879607.789 # {trace_id="KOO5S4vxi0o"} 0.67 1520879607.1
foo_bucket{le="+Inf"} 17 # {trace_id="#1 \\"}{"} 9.8
foo_created 1.520430000123e9
# EOF
`;
    expect(faultsOf(text, true)).toEqual([]);
    expect(samplesOf(text).map(({ value }) => value)).toEqual([8, 11, 17, 1520430000.123]);
    expect(faultsOf(text.replace("# EOF\n", ""), true)).toEqual([
      { line: 6, message: "is the last one, and not # EOF: the rest is missing" },
    ]);
    expect(faultsOf(`${text}late 1\n`, true)).toEqual([{ line: 8, message: "comes after # EOF" }]);
  });

  it.each([
    ["9lives 1", "does not begin with the name of a metric"],
    ["a", "has no value"],
    ['a{b="c"}', "has no value"],
    ["a 1,5", 'has the value "1,5", which is no number'],
    ["a 0x1F", 'has the value "0x1F", which is no number'],
    ["a.b 1", 'goes on with ".b 1" after its name'],
    ["a.5", 'goes on with ".5" after its name'],
    ["a 1 soon", 'has "soon" for its time'],
    ["a 1 2 3", 'goes on with "3" after its value'],
    ['a{b="c} 1', 'has a label that is not like name="value"'],
    ['a{b="\\t"} 1', 'has a label that is not like name="value"'],
    ["a{b=c} 1", 'has a label that is not like name="value"'],
    ['a{b="c" d="e"} 1', "has labels that neither , nor } follows"],
    ['a{b="c",b="d"} 1', 'has the label "b" twice'],
    ['a{b="c"', "has labels that neither , nor } follows"],
    ["a 1 # {b=} 1", 'its exemplar has a label that is not like name="value"'],
    ['a 1 # {b="c"}', "has an exemplar that is malformed"],
    ["# TYPE a speed", 'TYPE "speed" is not known'],
    ["# TYPE a-b gauge", 'TYPE of "a-b", which is no name'],
  ])("tells of the line %j, and reads the others", (line, message) => {
    const text = `before 1\n${line}\nafter 2\n`;
    expect(faultsOf(text)).toEqual([{ line: 2, message }]);
    expect(samplesOf(text).map(({ name }) => name)).toEqual(["before", "after"]);
  });

  it("keeps only the samples that are wanted, ten of the faults, and counts all", () => {
    const text = `${"?\n".repeat(25)}a 1\nb 2\n${"a 3\n"}`;
    const { samples, faults, faultCount, sampleCount } = parseExposition(text, { wanted: new Set(["b"]) });
    expect(samples.map(({ name }) => name)).toEqual(["b"]);
    expect([faults.length, faultCount, sampleCount]).toEqual([10, 25, 3]);
  });

  it("never throws, whatever comes", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab_ {}="\\,#\n1.+-eE\tnNIEOFTYP') }), (text) => {
        parseExposition(text, { mustEnd: true });
      }),
      { numRuns: 2_000 },
    );
  });

  it("gives back what was written by the rules of the format", () => {
    const name = fc.stringMatching(/^[A-Za-z_:][A-Za-z0-9_:]{0,12}$/);
    const label = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/).filter((each) => each !== "__proto__");
    const sample = fc.record({
      name,
      labels: fc.dictionary(label, fc.string({ unit: "grapheme", maxLength: 20 }), {
        maxKeys: 5,
        noNullPrototype: true,
      }),
      value: fc.double(),
      timestamp: fc.option(fc.integer()),
    });
    const told = (value: number) => {
      if (Object.is(value, -0)) return "-0"; // String() would lose the sign.
      return Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? "+Inf" : "-Inf";
    };
    const escaped = (text: string) => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
    fc.assert(
      fc.property(fc.array(sample), (samples) => {
        const lines = samples.map(({ labels, ...one }) => {
          const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`);
          return `${one.name}{${pairs.join(",")}} ${told(one.value)}${one.timestamp === null ? "" : ` ${one.timestamp}`}\n`;
        });
        const text = lines.join("");
        expect(faultsOf(text)).toEqual([]);
        expect(samplesOf(text)).toEqual(samples);
        // What is not wanted is read as strictly.
        const { faultCount, sampleCount } = parseExposition(text, { wanted: new Set() });
        expect([faultCount, sampleCount]).toEqual([0, samples.length]);
      }),
    );
  });
});

describe("a selector", () => {
  it("names a metric, and labels that must or must not be", () => {
    expect(parseSelector(' a:b { c = "d" , e!="f\\"\\n", } ')).toEqual({
      name: "a:b",
      matchers: [
        { label: "c", op: "=", value: "d" },
        { label: "e", op: "!=", value: 'f"\n' },
      ],
    });
    expect(parseSelector('up{a=~"b|\\\\d+",c!~""}')).toEqual({
      name: "up",
      matchers: [
        { label: "a", op: "=~", value: "b|\\d+" },
        { label: "c", op: "!~", value: "" },
      ],
    });
    expect(parseSelector("up")).toEqual({ name: "up", matchers: [] });
    expect(parseSelector("up{}")).toEqual({ name: "up", matchers: [] });
  });

  it.each([
    ["", /must be like/],
    ["sum(up)", /must be like/],
    ["up{a}", /labels must be like/],
    ['up{a=~"b("}', /the pattern of a has a \( without \)/],
    ['up{a=~"b)|(c"}', /the pattern of a has a \) without \(/],
    ['up{a!~"(?=b)"}', /the pattern of a looks around/],
    ['up{a==="b"}', /labels must be like/],
    ['up{a="b" c="d"}', /labels must be like/],
    [`up${"p".repeat(500)}`, /longer than 500/],
  ])("is refused when it is %j", (text, message) => {
    expect(parseSelector(text)).toEqual(expect.stringMatching(message));
  });
});
