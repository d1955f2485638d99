import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  BUCKETS,
  bucketMidUs,
  bucketOf,
  countOf,
  decodeHistogram,
  encodeHistogram,
  mergeAllSparse,
  mergeSparse,
  quantileUs,
  toDense,
  toSparse,
} from "#lib/core/histogram.ts";

const HOUR_US = 3_600_000_000;
/** Latencies that hurt: around powers of two, tiny, huge, repeated. */
const latencyUs = fc.oneof(
  fc.integer({ min: 0, max: 200 }),
  fc.integer({ min: 0, max: HOUR_US }),
  fc
    .tuple(fc.integer({ min: 0, max: 31 }), fc.integer({ min: -2, max: 2 }))
    .map(([bits, off]) => Math.max(0, 2 ** bits + off)),
  fc.constantFrom(1_000, 30_000, HOUR_US),
);
const latencies = fc.array(latencyUs, { maxLength: 300 });

function histogramOf(values: readonly number[]) {
  const dense = new Uint32Array(BUCKETS);
  for (const bucket of values.map(bucketOf)) dense[bucket] = (dense[bucket] ?? 0) + 1;
  return toSparse(dense);
}

describe("buckets", () => {
  test("every bucket's middle falls into that bucket, and buckets ascend", () => {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      expect(bucketOf(bucketMidUs(bucket))).toBe(bucket);
      if (bucket > 0) expect(bucketMidUs(bucket)).toBeGreaterThan(bucketMidUs(bucket - 1));
    }
  });
  test("the middle is within 2 % of every latency up to an hour", () => {
    fc.assert(
      fc.property(latencyUs, (us) => {
        expect(Math.abs(bucketMidUs(bucketOf(us)) - us)).toBeLessThanOrEqual(us * 0.02);
      }),
      { numRuns: 2_000 },
    );
  });
  test("more than an hour can be told apart, and anything longer counts as the longest", () => {
    expect(bucketOf(HOUR_US)).toBeLessThan(BUCKETS - 1);
    expect(bucketOf(2 ** 32)).toBe(BUCKETS - 1);
    expect(bucketOf(Number.POSITIVE_INFINITY)).toBe(BUCKETS - 1);
  });
  test("a latency that is negative or not a number counts as zero", () => {
    expect([bucketOf(-1), bucketOf(Number.NaN), bucketOf(0.9)]).toEqual([0, 0, 0]);
  });
});

describe("quantiles", () => {
  test("nothing recorded has no quantile", () => {
    expect(quantileUs({ i: [], n: [] }, 0.5)).toBeNull();
  });
  test("the 7th of 100 values is the 0.07 quantile, whatever floating point makes of 0.07 × 100", () => {
    expect(quantileUs(histogramOf(Array.from({ length: 100 }, (_, k) => k % 60)), 0.07)).toBe(3);
    expect(quantileUs({ i: [10, 20], n: [7, 93] }, 0.07)).toBe(10);
  });
  test("any quantile is within 2 % of the exact one on adversarial data", () => {
    const q = fc.oneof(fc.constantFrom(0, 0.5, 0.9, 0.99, 0.999, 1), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(latencyUs, { minLength: 1, maxLength: 300 }), q, (values, share) => {
        const sorted = values.toSorted((a, b) => a - b);
        const rank = Math.max(1, Math.ceil(share * sorted.length - 1e-9));
        const exact = sorted[rank - 1] as number;
        expect(Math.abs((quantileUs(histogramOf(values), share) as number) - exact)).toBeLessThanOrEqual(exact * 0.02);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("merging", () => {
  test("the merge of two histograms is the histogram of all their values", () => {
    fc.assert(
      fc.property(latencies, latencies, (a, b) => {
        expect(mergeSparse(histogramOf(a), histogramOf(b))).toEqual(histogramOf([...a, ...b]));
      }),
    );
  });
  test("merging many parts at once equals merging them one by one", () => {
    fc.assert(
      fc.property(fc.array(latencies, { maxLength: 6 }), (parts) => {
        const histograms = parts.map(histogramOf);
        expect(mergeAllSparse(histograms)).toEqual(histograms.reduce(mergeSparse, { i: [], n: [] }));
        expect(countOf(mergeAllSparse(histograms))).toBe(parts.flat().length);
      }),
    );
  });
  test("merged counts pass 32 bits", () => {
    const huge = { i: [5], n: [2 ** 32] };
    expect(mergeSparse(huge, huge)).toEqual({ i: [5], n: [2 ** 33] });
  });
  test("dense and sparse forms hold the same", () => {
    fc.assert(
      fc.property(latencies, (values) => {
        expect(toSparse(toDense(histogramOf(values)))).toEqual(histogramOf(values));
      }),
    );
  });
});

describe("bytes", () => {
  test("decoding gives back what was encoded", () => {
    const histogram = fc
      .uniqueArray(fc.integer({ min: 0, max: BUCKETS - 1 }))
      .chain((i) =>
        fc
          .array(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { minLength: i.length, maxLength: i.length })
          .map((n) => ({ i: i.toSorted((a, b) => a - b), n })),
      );
    fc.assert(
      fc.property(histogram, (h) => {
        expect(decodeHistogram(encodeHistogram(h))).toEqual(h);
      }),
    );
  });
  test("a second of ordinary traffic takes under 300 bytes", () => {
    const values = Array.from({ length: 5_000 }, (_, k) => 2_000 + ((k * 7_919) % 40_000));
    expect(encodeHistogram(histogramOf(values)).length).toBeLessThan(300);
  });
  test.each([
    ["no bytes", []],
    ["another encoding", [9, 1, 1]],
    ["a bucket without count", [1, 5]],
    ["an unfinished number", [1, 0x80]],
    ["a bucket beyond the last", [1, 0xff, 0xff, 0x7f, 1]],
    ["an endless number", [1, ...new Array(12).fill(0xff), 1]],
  ])("bytes with %s are refused", (_, bytes) => {
    expect(() => decodeHistogram(Uint8Array.from(bytes))).toThrow(RangeError);
  });
});
