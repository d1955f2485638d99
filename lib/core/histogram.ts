// Log-linear latency histogram, as HdrHistogram and DDSketch: every octave of microseconds is cut into 32 equal buckets,
// so a bucket's middle is within 1/64 (1.6 %) of every value in it, and merging two histograms is adding their counts.
// Percentiles of any range and any set of nodes therefore come from merged counts, never from averaged percentiles.
import type { SparseHistogram } from "#lib/contracts/metrics.ts";

const SUB_BITS = 5;
const SUB_BUCKETS = 1 << SUB_BITS;
/** Longest latency told apart: 2^32 µs, 71 minutes. Anything longer counts as this. */
const MAX_US = 0xffff_ffff;
/** Buckets of a dense histogram: `new Uint32Array(BUCKETS)`. */
export const BUCKETS = (32 - SUB_BITS + 1) * SUB_BUCKETS;

/** Bucket of a latency in microseconds; fractions are dropped, what is negative or not a number counts as 0. */
export function bucketOf(us: number): number {
  if (us >= MAX_US) return BUCKETS - 1;
  if (!(us >= 1)) return 0;
  if (us < 2 * SUB_BUCKETS) return us | 0;
  const octave = 31 - SUB_BITS - Math.clz32(us);
  return octave * SUB_BUCKETS + (us >>> octave);
}

/** Middle of a bucket's values, in microseconds. */
export function bucketMidUs(bucket: number): number {
  if (bucket < 2 * SUB_BUCKETS) return bucket;
  const octave = (bucket >>> SUB_BITS) - 1;
  const width = 2 ** octave;
  return ((bucket & (SUB_BUCKETS - 1)) + SUB_BUCKETS) * width + (width - 1) / 2;
}

/** The filled buckets of a dense histogram. */
export function toSparse(dense: ArrayLike<number>): SparseHistogram {
  const sparse: SparseHistogram = { i: [], n: [] };
  for (let bucket = 0; bucket < dense.length; bucket++) {
    const count = dense[bucket] as number;
    if (count > 0) {
      sparse.i.push(bucket);
      sparse.n.push(count);
    }
  }
  return sparse;
}

/** Dense form of a histogram; counts above 2^32 do not fit into it. Indices beyond the last bucket count as the last. */
export function toDense(sparse: SparseHistogram): Uint32Array {
  return addTo(new Uint32Array(BUCKETS), sparse);
}

/** Histogram of the values of both. */
export function mergeSparse(a: SparseHistogram, b: SparseHistogram): SparseHistogram {
  if (a.i.length === 0) return b;
  if (b.i.length === 0) return a;
  return mergeAllSparse([a, b]);
}

/** Histogram of the values of all; one pass, for merging the many parts of a range. */
export function mergeAllSparse(parts: Iterable<SparseHistogram>): SparseHistogram {
  // 64-bit floats: the sum of many spans may pass 2^32.
  const sum = new Float64Array(BUCKETS);
  for (const part of parts) addTo(sum, part);
  return toSparse(sum);
}

function addTo<T extends Uint32Array | Float64Array>(dense: T, sparse: SparseHistogram): T {
  for (let at = 0; at < sparse.i.length; at++) {
    const bucket = Math.min(sparse.i[at] as number, BUCKETS - 1);
    dense[bucket] = (dense[bucket] as number) + (sparse.n[at] ?? 0);
  }
  return dense;
}

/** Number of values recorded. */
export function countOf(histogram: SparseHistogram): number {
  let count = 0;
  for (const n of histogram.n) count += n;
  return count;
}

/** Mean in microseconds, within 1.6 % of the exact one; null when nothing was recorded. */
export function meanUs(histogram: SparseHistogram): number | null {
  let [count, sum] = [0, 0];
  for (let at = 0; at < histogram.i.length; at++) {
    const n = histogram.n[at] as number;
    count += n;
    sum += n * bucketMidUs(histogram.i[at] as number);
  }
  return count === 0 ? null : sum / count;
}

/** Nearest-rank quantile (`q` from 0 to 1) in microseconds, within 2 % of the exact one; null when nothing was recorded. */
export function quantileUs(histogram: SparseHistogram, q: number): number | null {
  const count = countOf(histogram);
  if (count === 0) return null;
  // The tiny step back keeps 0.07 × 100 = 7.000000000000001 from becoming rank 8.
  const rank = Math.min(count, Math.max(1, Math.ceil(q * count - 1e-9)));
  let seen = 0;
  for (let at = 0; at < histogram.i.length; at++) {
    seen += histogram.n[at] as number;
    if (seen >= rank) return bucketMidUs(histogram.i[at] as number);
  }
  return null;
}

/** First byte of the encoding; another form of it gets another number. */
const ENCODING = 1;

/** Compact bytes for the database: encoding number, then per filled bucket the distance to the one before and the count, as varints. */
export function encodeHistogram(histogram: SparseHistogram): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [ENCODING];
  let previous = 0;
  for (let at = 0; at < histogram.i.length; at++) {
    const bucket = histogram.i[at] as number;
    pushVarint(bytes, bucket - previous);
    pushVarint(bytes, histogram.n[at] as number);
    previous = bucket;
  }
  return Uint8Array.from(bytes);
}

/** Reads what `encodeHistogram` wrote. Throws RangeError when the bytes are not that. */
export function decodeHistogram(bytes: Uint8Array): SparseHistogram {
  if (bytes[0] !== ENCODING) throw new RangeError(`unknown histogram encoding ${bytes[0] ?? "(no bytes)"}`);
  const histogram: SparseHistogram = { i: [], n: [] };
  const cursor = { at: 1 };
  let bucket = 0;
  while (cursor.at < bytes.length) {
    bucket += readVarint(bytes, cursor);
    if (bucket >= BUCKETS) throw new RangeError(`histogram bucket ${bucket} is not below ${BUCKETS}`);
    histogram.i.push(bucket);
    histogram.n.push(readVarint(bytes, cursor));
  }
  return histogram;
}

// LEB128 by arithmetic, not by shifts: counts may pass 32 bits.
function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}

function readVarint(bytes: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  for (let scale = 1; scale <= Number.MAX_SAFE_INTEGER; scale *= 0x80) {
    const byte = bytes[cursor.at++];
    if (byte === undefined) throw new RangeError("histogram bytes end in the middle of a number");
    value += (byte % 0x80) * scale;
    if (byte < 0x80) return value;
  }
  throw new RangeError("histogram bytes hold a number that is too large");
}
