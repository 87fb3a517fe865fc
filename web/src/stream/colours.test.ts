import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { contrast, kColours, luminance, mix, PrefixColours, parseColour, pixel } from "./colours";

test("a prefix keeps its colour whatever comes later", () => {
  const colours = new PrefixColours(["sum", "inc"]);
  const before = [colours.of("sum"), colours.of("inc")];
  for (let i = 0; i < 50; ++i) colours.of(`later-${i}`);
  expect([colours.of("sum"), colours.of("inc")]).toEqual(before);
  expect(new PrefixColours(["inc", "sum"]).of("sum")).toBe(before[0]);
});

test("the first twelve differ", () => {
  const prefixes = Array.from({ length: kColours }, (_, i) => `prefix-${i}`);
  const colours = new PrefixColours(prefixes);
  expect(new Set(prefixes.map((prefix) => colours.of(prefix))).size).toBe(kColours);
  expect(colours.of("one more")).toBeLessThan(kColours);
});

test("colours as numbers", () => {
  expect(parseColour(" #0080ff")).toEqual([0, 128, 255]);
  expect(pixel([1, 2, 3])).toBe(0xff030201);
  expect(mix([0, 0, 0], [200, 100, 50], 0.5)).toEqual([100, 50, 25]);
  expect(luminance([255, 255, 255])).toBeCloseTo(1);
});

test("every colour can be told from the lanes in both themes", () => {
  const style = readFileSync(new URL("./colours.css", import.meta.url), "utf8");
  for (const theme of style.split("}").slice(0, 2)) {
    const values = [...theme.matchAll(/--(prefix-\d+|lane): (#[0-9a-f]{6})/g)];
    const named = new Map(values.map(([, name, value]) => [name, parseColour(value ?? "")]));
    const lane = named.get("lane") ?? [0, 0, 0];
    expect(named.size).toBe(kColours + 1);
    for (let place = 0; place < kColours; ++place) {
      expect(contrast(named.get(`prefix-${place}`) ?? lane, lane)).toBeGreaterThan(1.7);
    }
  }
});
