// How the Prometheus text format writes what there is: families of samples, labels escaped, histograms cumulated.
import { DURATION_BOUNDS_S, type Total } from "./totals.ts";

export type Labels = Readonly<Record<string, string>>;
export type Sample = { labels: Labels; value: number; suffix?: string };
export type FamilyType = "counter" | "gauge" | "histogram" | "summary";

export function family(name: string, type: FamilyType, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels, value, suffix = "" }) => `${name}${suffix}${render(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function render(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const escapeLabel = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

/** Of a histogram of durations; none for what was not measured yet: a zero would be a claim. */
export function durationSamples(labels: Labels, total: Total | undefined): Sample[] {
  if (!total) return [];
  let count = 0;
  const buckets = total.durations.map((n, at): Sample => {
    count += n;
    const bound = DURATION_BOUNDS_S[at];
    return { suffix: "_bucket", labels: { ...labels, le: bound === undefined ? "+Inf" : String(bound) }, value: count };
  });
  return [
    ...buckets,
    { suffix: "_sum", labels, value: total.durationSumS },
    { suffix: "_count", labels, value: count },
  ];
}
