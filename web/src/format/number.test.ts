import { describe, expect, it } from "vitest";
import { bytes, duration, idleShare, percent, short } from "./number";

describe("numbers", () => {
  it.each([
    [0, "0 µs"],
    [999, "999 µs"],
    [999.6, "1 ms"],
    [1500, "1.5 ms"],
    [999_600, "1 s"],
    [59.97e6, "1 min"],
    [61e6, "1 min 1 s"],
    [3600e6, "1 h"],
    [3599.7e6, "1 h"],
    [26 * 3600e6, "1 d 2 h"],
    [-2000, "−2 ms"],
  ])("duration of %d us is %s", (us, text) => expect(duration(us)).toBe(text));

  it("says nothing of what is unknown", () => {
    expect(duration(null)).toBe("–");
    expect(bytes(-1)).toBe("–");
    expect(percent(null)).toBe("–");
  });

  it.each([
    [100, "100"],
    [12.34, "12.3"],
    [10, "10"],
    [1.5, "1.5"],
    [0, "0"],
  ])("%d in short is %s", (value, text) => expect(short(value)).toBe(text));

  it("knows bytes and shares", () => {
    expect(bytes(1536)).toBe("1.5 KiB");
    expect(bytes(1023)).toBe("1023 B");
    expect(percent(0.041)).toBe("4.1 %");
    expect(percent(0.5)).toBe("50 %");
    expect(percent(0.9949)).toBe("99 %");
    expect(percent(0.9957)).toBe("99.5 %");
    expect(percent(0.99999)).toBe("99.9 %");
    expect(percent(1)).toBe("100 %");
    expect(idleShare(100, 25)).toBe(0.75);
    expect(idleShare(100, 130)).toBe(0);
    expect(idleShare(0, 0)).toBeNull();
  });
});
