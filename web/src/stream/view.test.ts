import { expect, test } from "vitest";
import { around, clock, kNarrowestUs, length, pan, ticks, wheelFactor, within, zoom } from "./view";

const kBounds = { from: 1000, to: 101_000 };

test("what is under the pointer stays there", () => {
  const near = zoom(kBounds, 26_000, 0.5, kBounds);
  expect(near).toEqual({ from: 13_500, to: 63_500 });
  expect((26_000 - near.from) / length(near)).toBeCloseTo(0.25);
});

test("nothing is shown beyond the bounds", () => {
  expect(zoom({ from: 1000, to: 11_000 }, 11_000, 100, kBounds)).toEqual(kBounds);
  expect(pan({ from: 2000, to: 3000 }, -5000, kBounds)).toEqual({ from: 1000, to: 2000 });
  expect(pan({ from: 2000, to: 3000 }, 1e9, kBounds)).toEqual({ from: 100_000, to: 101_000 });
  expect(within({ from: 0, to: 1e9 }, kBounds)).toEqual(kBounds);
});

test("there is a narrowest span", () => {
  let span = kBounds;
  for (let i = 0; i < 100; ++i) span = zoom(span, 50_000, 0.5, kBounds);
  expect(length(span)).toBe(kNarrowestUs);
  expect(length(around({ from: 50_000, to: 50_000 }, kBounds))).toBe(kNarrowestUs);
});

test("a moment is shown with room around it", () => {
  expect(around({ from: 50_000, to: 52_000 }, kBounds)).toEqual({ from: 49_000, to: 53_000 });
});

test("wheels of all kinds", () => {
  expect(wheelFactor(100, 0)).toBeCloseTo(1 / wheelFactor(-100, 0));
  expect(wheelFactor(3, 1)).toBe(wheelFactor(48, 0));
  expect(wheelFactor(1e9, 0)).toBe(wheelFactor(240, 0));
});

test("ticks are round and few", () => {
  const found = ticks({ from: 1_000_000, to: 11_000_000 }, 1_000_000, 8);
  expect(found.map((tick) => tick.label)).toEqual(["0 s", "2 s", "4 s", "6 s", "8 s", "10 s"]);
  const near = ticks({ from: 1_012_340, to: 1_012_380 }, 1_000_000, 5);
  expect(near.map((tick) => tick.label)).toEqual([
    "0.01234 s",
    "0.01235 s",
    "0.01236 s",
    "0.01237 s",
    "0.01238 s",
  ]);
  expect(ticks({ from: 0, to: 400 * 86400e6 }, 0, 8).length).toBeLessThanOrEqual(9);
});

test("clocks", () => {
  expect(clock(125e6, 1e6)).toBe("2:05");
  expect(clock(125.5e6, 5e5)).toBe("2:05.5");
  expect(clock(3725e6, 1e6)).toBe("1:02:05");
  expect(clock(-2e6, 1e6)).toBe("−2 s");
  expect(clock(119.96e6, 1e5)).toBe("2:00.0");
});
