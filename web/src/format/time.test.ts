import { describe, expect, it } from "vitest";
import { ago, iso, moment, utc } from "./time";

describe("moments", () => {
  const us = Date.UTC(2026, 10, 30, 4, 5, 6) * 1000 + 123;

  it("are exact in UTC", () => {
    expect(utc(us)).toBe("2026-11-30 04:05:06.000 UTC");
    expect(iso(us)).toBe("2026-11-30T04:05:06.000Z");
  });

  it("leave out today's date only", () => {
    const shown = moment(us, new Date(us / 1000));
    expect(shown).toMatch(/^\d\d:\d\d:\d\d$/);
    expect(moment(us, new Date(us / 1000 + 3 * 86_400_000))).toMatch(/^2026-(11-29|11-30) \d\d:\d\d$/);
  });

  it("are told from now on", () => {
    expect(ago(us, us + 500)).toBe("just now");
    expect(ago(us, us + 125e6)).toBe("2 min ago");
  });
});
