import { describe, expect, it } from "vitest";
import { parseSelector, type Selector } from "#lib/contracts/config/series-selector.ts";
import { parseExposition } from "#lib/core/resources/exposition.ts";
import { compileSelector, MAX_VALUES, selectSeries } from "#lib/core/resources/select-series.ts";

const chosen = (text: string, selector: string) =>
  selectSeries(parseExposition(text).samples, compileSelector(parseSelector(selector) as Selector)).map(
    ({ value }) => value,
  );

describe("a selector of series", () => {
  const CPU = 'cpu{mode="idle"} 1\ncpu{mode="iowait"} 2\ncpu{mode="user"} 3\ncpu{mode="user_idle"} 4\ncpu 5\n';

  it("compares the whole of a label's value with its pattern, as PromQL does", () => {
    expect(chosen(CPU, 'cpu{mode=~"idle|user"}')).toEqual([1, 3]);
    expect(chosen(CPU, 'cpu{mode!~"idle|iowait"}')).toEqual([3, 4, 5]);
    expect(chosen(CPU, 'cpu{mode=~".*idle"}')).toEqual([1, 4]);
    expect(chosen(CPU, 'cpu{mode=~"user.+",mode!="user"}')).toEqual([4]);
  });

  it("takes a label that is not there for an empty one", () => {
    expect(chosen(CPU, 'cpu{mode=~""}')).toEqual([5]);
    expect(chosen(CPU, 'cpu{mode!~""}')).toEqual([1, 2, 3, 4]);
    expect(chosen(CPU, 'cpu{core=~".*"}')).toEqual([1, 2, 3, 4, 5]);
  });

  it("means none rather than some of more values than it compares", () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => `jobs{queue="q${n}"} 1\n`).join("");
    expect(chosen(many(MAX_VALUES), 'jobs{queue=~"q.*"}')).toHaveLength(MAX_VALUES);
    expect(chosen(many(MAX_VALUES + 1), 'jobs{queue=~"q.*"}')).toEqual([]);
    expect(chosen(many(MAX_VALUES + 1), 'jobs{queue!="q1"}')).toHaveLength(MAX_VALUES);
  });

  it("means none where one value takes too long to compare, whatever the pattern repeats", () => {
    const long = `jobs{queue="${"a".repeat(30_000)}!"} 1\njobs{queue="a"} 2\n`;
    expect(chosen(long, 'jobs{queue=~"(a+)+"}')).toEqual([]);
    expect(chosen('jobs{queue="aaaa!"} 1\njobs{queue="a"} 2\n', 'jobs{queue=~"(a+)+"}')).toEqual([2]);
  });
});
