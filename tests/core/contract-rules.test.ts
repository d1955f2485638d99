// What the contracts say in English of an input is said in the person's language: checked with the contracts' own faults.
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { contractRule } from "#lib/client/contract-rules.ts";
import { fieldFaults } from "#lib/client/forms.ts";
import { parseExpression } from "#lib/contracts/alert-expression.ts";
import { readCheckDetail } from "#lib/contracts/check-detail.ts";
import { ScrapeUrl } from "#lib/contracts/config/resources.ts";
import { SeriesSelector } from "#lib/contracts/config/series-selector.ts";
import { TracingSettings } from "#lib/contracts/config/tracing.ts";
import { Pattern } from "#lib/contracts/pattern.ts";
import { detailText } from "#lib/i18n/detail-text.ts";
import en from "#lib/i18n/messages/en/forms.json" with { type: "json" };
import zh from "#lib/i18n/messages/zh-CN/forms.json" with { type: "json" };
import { textsOf } from "#lib/i18n/translate.ts";

const FAULTY: [name: string, schema: z.ZodType, inputs: unknown[]][] = [
  [
    "address to scrape",
    ScrapeUrl,
    ["http://{node}:9100/", "9100", "http://a:b@{host}/", "http://{host}/#x", "http://a:0/"],
  ],
  ["selector", SeriesSelector, ["1", "a{b}", 'a{b=~"("}', 'a{b=~"x{2,1}"}', `a{b="${"x".repeat(600)}"}`]],
  [
    "traces",
    TracingSettings,
    [
      { endpoint: "http://u@h/" },
      { resourceAttributes: "a" },
      { resourceAttributes: "a=1,a=2" },
      { resourceAttributes: "a=%zz" },
      { resourceAttributes: "service.name=x" },
      { enabled: true },
    ],
  ],
  [
    "pattern",
    Pattern,
    [")", "(", "[", "x{2,1}", "*", "(?=a)", "(".repeat(60), "\\1", "\\xZ", "\\y", "[b-a]", "(?:(?:a{99}){99}){99}"],
  ],
];

describe("what is wrong with an input", () => {
  it.each(FAULTY)("of an %s is said in both languages", (_, schema, inputs) => {
    for (const input of inputs) {
      const [fault] = fieldFaults(schema, input);
      const rule = contractRule(fault?.message ?? "");
      expect(rule, `${JSON.stringify(input)}: ${fault?.message}`).not.toBeNull();
      const { key = "required", values = {} } = rule ?? {};
      for (const texts of [en.rule, zh.rule]) {
        expect(texts[key]).toBeTypeOf("string");
        // Whatever was quoted of the input is in both.
        for (const name of Object.keys(values)) expect(texts[key]).toContain(`{${name}}`);
      }
    }
  });

  it("shows a sentence that it does not know as it is", () => {
    expect(contractRule("must be something new")).toBeNull();
    expect(contractRule("toString")).toBeNull();
  });
});

describe("what is wrong with an expression", () => {
  it.each([
    ["p99_ms ! 5", 'at 8: "! 5" is not understood', '第 8 个字符：无法理解 "! 5"'],
    ["p99_ms >", "at 9: ends where a figure or a number is missing", "第 9 个字符：已结束，缺少指标或数字"],
    ["p99_ms 5", 'at 8: "5" stands where a comparison should', '第 8 个字符：此处是 "5"，应为比较符'],
    ["nonsense > 5", "at 1: there is no figure named nonsense", "第 1 个字符：没有名为 nonsense 的指标"],
    ["healthy_nodes[5m] > 1", undefined, "第 14 个字符：healthy_nodes 只有当前值，不能带窗口"],
    [
      "cpu_ratio > 1",
      "at 1: cpu_ratio is a figure of nodes, not of pools",
      "第 1 个字符：cpu_ratio 是节点的指标，不属于资源池",
    ],
    ["p99_ms[1s] > 1", undefined, '第 7 个字符："[1s]" 不是 [10s] 到 [24h] 之间的窗口，例如 [5m]'],
    [`${"(".repeat(20)}1${")".repeat(20)} > 1`, undefined, "第 18 个字符：嵌套超过 16 层"],
    [`p99_ms > ${"1".repeat(600)}`, "is longer than 500 characters", "超过 500 个字符"],
  ])("%j is a code with its values, and said in both languages", (text, english, chinese) => {
    const parsed = parseExpression(text, "pool");
    const detail = parsed.ok ? "" : parsed.detail;
    expect(readCheckDetail(detail)?.code).toMatch(/^expression-/);
    if (english !== undefined) expect(detailText(textsOf("en").status, detail)).toBe(english);
    expect(detailText(textsOf("zh-CN").status, detail)).toBe(chinese);
  });
});
