import { describe, expect, it } from "vitest";
import { findPlaces, nextPlace, type Place } from "#components/palette/places.ts";

const place = (label: string, detail: string): Place => ({ key: label, label, detail, href: "/" });
const PLACES = [
  place("Audit", "page"),
  place("payments", "pool"),
  place("pay-1", "node of payments"),
  place("eu-pay", "node of search"),
];

describe("the palette", () => {
  const found = (search: string) => findPlaces(PLACES, search).map(({ label }) => label);

  it("finds by every word in name or kind, whatever the case, names that begin with it first", () => {
    expect(found("")).toEqual(["Audit", "payments", "pay-1", "eu-pay"]);
    expect(found("PAY")).toEqual(["payments", "pay-1", "eu-pay"]);
    expect(found("node pay")).toEqual(["pay-1", "eu-pay"]);
    expect(found("node search pay")).toEqual(["eu-pay"]);
    expect(found("nothing")).toEqual([]);
  });

  it("shows no more than fit, of however many there are", () => {
    const many = Array.from({ length: 5_000 }, (_, i) => place(`node ${i}`, "node"));
    expect(findPlaces(many, "node")).toHaveLength(12);
  });

  it("goes from the last to the first and back, and nowhere when nothing is found", () => {
    expect([nextPlace(0, 3, 1), nextPlace(2, 3, 1), nextPlace(0, 3, -1), nextPlace(0, 0, 1)]).toEqual([1, 0, 2, 0]);
  });
});
