import { afterEach, expect, it, vi } from "vitest";
import { canNotify, showNotice } from "#lib/client/browser-notices.ts";

afterEach(() => vi.unstubAllGlobals());
const browser = (Notification?: unknown) => {
  const has = Notification === undefined ? {} : { Notification };
  vi.stubGlobal("window", has);
  vi.stubGlobal("Notification", Notification);
};

it("a browser without notifications, or with ones for workers only, does not break the page", () => {
  browser();
  expect(canNotify()).toBe(false);
  expect(() => showNotice("t", {}, () => {})).not.toThrow();
  const OnlyForWorkers = Object.assign(
    function Notification() {
      throw new TypeError("Illegal constructor");
    },
    { permission: "granted" },
  );
  browser(OnlyForWorkers);
  expect(() => showNotice("t", {}, () => {})).not.toThrow();
});

it("shows one only when it was allowed, and goes where it leads", () => {
  const shown: { title: string; onclick?: () => void }[] = [];
  class Notification {
    static permission = "denied";
    onclick?: () => void;
    readonly title: string;
    constructor(title: string) {
      this.title = title;
      shown.push(this);
    }
  }
  browser(Notification);
  const click = vi.fn();
  showNotice("no", {}, click);
  Notification.permission = "granted";
  showNotice("yes", {}, click);
  expect(shown.map(({ title }) => title)).toEqual(["yes"]);
  shown[0]?.onclick?.();
  expect(click).toHaveBeenCalledOnce();
});
