// Dynamic weights by the brief's formula: score = 1 / (mean response time × (1 + error ratio)), weight = base × score,
// normalised over the pool. Taken literally it is a magnet for nodes that fail fast (linkerd2#11669): 100 % errors only halve
// a score. So response times are those of successes; a node that fails is never above its base, nor above what nodes that
// fail less have on the average; weights keep to a floor and a ceiling and change by a capped step; and few figures are none.
import type { DynamicWeightSettings } from "#lib/contracts/config.ts";
import type { DynamicReason } from "#lib/contracts/runtime.ts";
import type { Figures } from "./figures.ts";
import { fillScale } from "./fill-scale.ts";

/** A node of one pool, when its weights are decided. */
export interface WeighedNode {
  /** The operator's; nodes of weight 0 take no part. */
  readonly weight: number;
  /** Part of it that the last decision left; 1 before the first. */
  readonly factor: number;
  /** By the last decision; null: it had none. */
  readonly score: number | null;
  readonly figures: Figures;
}
export interface WeightDecision {
  readonly factor: number;
  /** Where the formula, kept to floor and ceiling, would have it; null: the node was not judged. */
  readonly target: number | null;
  readonly score: number | null;
  readonly reason: DynamicReason;
}

/** From this share of errors on a node fails, whatever the others do. */
export const FAILING_RATIO = 0.05;
/** And from as much more refused requests than the others' mean on, or twice the deviation that chance explains. */
const FAILING_MARGIN = 0.01;
/** Nearer to its target than this a weight stays as it is: the figures of no node are steadier. */
export const DEAD_BAND = 0.02;
/** A node without figures goes back to its base by this part of a step at a time, and by a hundredth at least. */
const DRIFT = 0.25;
const LEAST_DRIFT = 0.01;
/** Faster than this, nodes are equally fast. */
const LEAST_MS = 0.1;
/** A score that changed by less is the same one: then it is the others who changed. */
const SAME_SCORE = 0.05;

type Judged = { at: number; node: WeighedNode; score: number | null; isFailing: boolean };
type Draft = { factor: number; target: number | null; score: number | null; reason: DynamicReason };

/** One decision for each node, in the given order. Pure in the set: the order does not matter. */
export function decideDynamicWeights(nodes: readonly WeighedNode[], settings: DynamicWeightSettings): WeightDecision[] {
  const judged = judge(nodes, settings);
  const scale = scaleOf(judged, settings);
  const drafts: Draft[] = nodes.map((node) => unjudged(node, settings));
  const isAlone = judged.length === 1;
  for (const one of judged) drafts[one.at] = weigh(one, scale, isAlone, settings);
  holdFailing(judged, nodes, drafts, settings);
  return drafts;
}

function judge(nodes: readonly WeighedNode[], { minimumRequests }: DynamicWeightSettings): Judged[] {
  const known = nodes.flatMap((node, at) =>
    node.weight > 0 && node.figures.requests >= minimumRequests ? [{ at, node }] : [],
  );
  const total = known.reduce((sum, { node }) => sum + node.weight, 0);
  const refused = known.reduce((sum, { node }) => sum + node.weight * node.figures.refusedRatio, 0);
  return known.map(({ at, node }) => {
    const { goodMeanMs, errorRatio, refusedRatio, requests } = node.figures;
    const others = total - node.weight;
    const mean = others > 0 ? Math.max(0, refused - node.weight * refusedRatio) / others : refusedRatio;
    const chance = 2 * Math.sqrt((mean * Math.max(0, 1 - mean)) / requests);
    const isFailing = errorRatio >= FAILING_RATIO || refusedRatio > mean + Math.max(FAILING_MARGIN, chance);
    const score = goodMeanMs === null ? null : 1 / (Math.max(goodMeanMs, LEAST_MS) * (1 + errorRatio));
    return { at, node, score, isFailing };
  });
}

/** What a score is worth, so that the nodes that do not fail keep their weight in all; null: nobody has a score. */
function scaleOf(judged: readonly Judged[], { floorRatio, ceilingRatio }: DynamicWeightSettings): number | null {
  const scored = judged.flatMap(({ node, score, isFailing }) =>
    score === null ? [] : [{ weight: node.weight, score, isFailing }],
  );
  const sound = scored.filter((one) => !one.isFailing);
  const measured = sound.length > 0 ? sound : scored;
  return measured.length === 0 ? null : fillScale(measured, floorRatio, ceilingRatio);
}

function unjudged({ factor, figures, weight }: WeighedNode, settings: DynamicWeightSettings): Draft {
  const base = { target: null, score: null };
  if (factor === 1 || weight === 0) return { ...base, factor: 1, reason: "too-few-samples" };
  const drift = Math.max(LEAST_DRIFT, settings.maxStepRatio * DRIFT);
  const next = factor < 1 ? Math.min(1, factor + drift) : Math.max(1, factor - drift);
  // Nobody knows it, and nobody asks it: that is another matter than a few requests.
  return {
    ...base,
    factor: kept(next, factor, settings),
    reason: figures.requests === 0 ? "no-figures" : "drifting-back",
  };
}

function weigh(
  { node, score, isFailing }: Judged,
  scale: number | null,
  isAlone: boolean,
  settings: DynamicWeightSettings,
): Draft {
  const { floorRatio, ceilingRatio, maxStepRatio } = settings;
  const wanted = score === null || scale === null ? floorRatio : score * scale;
  const most = isFailing ? 1 : ceilingRatio;
  const target = Math.min(most, Math.max(floorRatio, wanted));
  const factor = Math.abs(target - node.factor) < DEAD_BAND ? node.factor : target;
  const next = kept(factor, node.factor, settings);
  const draft = { factor: next, target, score };
  if (score === null) return { ...draft, reason: "no-success" };
  if (isFailing) return { ...draft, reason: "failing" };
  if (isAlone) return { ...draft, reason: "alone" };
  if (Math.abs(target - node.factor) > maxStepRatio + 1e-9) return { ...draft, reason: "step-capped" };
  if (next === node.factor || Math.abs(target - next) < DEAD_BAND) {
    if (wanted < floorRatio) return { ...draft, reason: "floor" };
    if (wanted > ceilingRatio) return { ...draft, reason: "ceiling" };
  }
  if (next === node.factor) return { ...draft, reason: "steady" };
  const isSame = node.score !== null && Math.abs(score / node.score - 1) < SAME_SCORE;
  return { ...draft, reason: isSame ? "normalised" : "by-score" };
}

/**
 * A node that fails is held to what those have on the average that fail less, so that its share never passes its base share
 * because others are slow. They move by a step at most, and so does their average: a step always suffices to follow.
 */
function holdFailing(
  judged: readonly Judged[],
  nodes: readonly WeighedNode[],
  drafts: Draft[],
  settings: DynamicWeightSettings,
): void {
  const failing = judged.filter((one) => one.isFailing);
  if (failing.length === 0) return;
  const isFailing = new Set(failing.map(({ at }) => at));
  let [total, weighted] = [0, 0];
  const count = (at: number) => {
    const { weight } = nodes[at] as WeighedNode;
    total += weight;
    weighted += weight * (drafts[at] as Draft).factor;
  };
  for (let at = 0; at < nodes.length; at++) if (!isFailing.has(at)) count(at);
  const ratio = ({ node }: Judged) => node.figures.refusedRatio;
  const ranked = failing.toSorted((a, b) => ratio(a) - ratio(b));
  for (let from = 0; from < ranked.length; ) {
    const limit = total > 0 ? Math.min(1, weighted / total) : 1;
    let until = from;
    // Those who fail alike are held alike.
    while (until < ranked.length && ratio(ranked[until] as Judged) === ratio(ranked[from] as Judged)) {
      const { at, node } = ranked[until] as Judged;
      const draft = drafts[at] as Draft;
      const held = Math.min(draft.factor, Math.max(settings.floorRatio, Math.floor(limit * 100 + 1e-6) / 100));
      draft.factor = Math.max(held, Math.min(draft.factor, node.factor - settings.maxStepRatio));
      until++;
    }
    for (let i = from; i < until; i++) count((ranked[i] as Judged).at);
    from = until;
  }
}

/** Kept to floor, ceiling and step. Rounded to hundredths, so that nodes fall into few classes of one weight. */
function kept(
  wanted: number,
  present: number,
  { floorRatio, ceilingRatio, maxStepRatio }: DynamicWeightSettings,
): number {
  const least = Math.max(floorRatio, Math.min(ceilingRatio, present - maxStepRatio));
  const most = Math.min(ceilingRatio, Math.max(floorRatio, present + maxStepRatio));
  const hundredths = Math.round(wanted * 100) / 100;
  // So that 0.6 less 0.2 is 0.4.
  return Math.round(Math.min(most, Math.max(least, hundredths)) * 1e9) / 1e9;
}
