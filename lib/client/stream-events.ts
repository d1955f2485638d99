// What came over the stream, as the pages understand it. The contracts' schemas would be a quarter of all that a page
// loads, and check each figure of each second: here only the shape is looked at that pages would break on.
import type { StreamEvents } from "#lib/contracts/views.ts";
import type { StreamEventName, StreamFrame } from "./live-stream.ts";

export type ToldEvent = { [K in StreamEventName]: { name: K; payload: StreamEvents[K] } }[StreamEventName];

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose => typeof value === "object" && value !== null;
const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";
const isTick = (value: unknown): boolean =>
  isObject(value) &&
  isNumber(value.atMs) &&
  isObject(value.total) &&
  Array.isArray(value.pools) &&
  Array.isArray(value.nodes);

const SHAPES: { [K in StreamEventName]: (payload: Loose) => boolean } = {
  sync: ({ atMs, ticks }) => isNumber(atMs) && Array.isArray(ticks) && ticks.every(isTick),
  tick: isTick,
  node: ({ nodeId, poolId, status, facts }) =>
    isText(nodeId) && isText(poolId) && isText(status) && isObject(facts) && isObject(facts.admin),
  resources: ({ nodes }) => Array.isArray(nodes) && nodes.every((node) => isObject(node) && isText(node.nodeId)),
  alert: ({ id, state }) => isText(id) && isText(state),
  revision: ({ number }) => isNumber(number),
  worker: ({ id, state }) => isText(id) && isText(state),
  database: ({ state }) => isText(state),
};

/** An event out of contract counts as missing (undefined): the age of the data then shows it, instead of a wrong figure. */
export function readFrame({ name, data }: StreamFrame): ToldEvent | undefined {
  const payload = parse(data);
  if (isObject(payload) && SHAPES[name](payload)) return { name, payload } as unknown as ToldEvent;
  console.error(`Event ${name} of the live stream is not understood`);
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
