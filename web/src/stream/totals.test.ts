import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeTimeline } from "./decode";
import { addTotals, noTotals } from "./totals";

const timeline = (name: string) =>
  decodeTimeline(new Uint8Array(readFileSync(new URL(`./fixtures/${name}.bin`, import.meta.url))).buffer);

test("all of the cells", () => {
  const cells = timeline("cells");
  const totals = addTotals(noTotals(), cells, cells);
  expect(totals).toMatchObject({ runs: 591, erred: 9, lanes: 8, busyUs: 25484690, computeUs: 25484690 });
  expect(totals.laneComputeUs[0]).toBe(3168709);
  expect([...totals.groupUs.keys()].sort()).toEqual(["clean", "load", "score"]);
  expect(totals.threadUs).toBe(8 * (cells.to - cells.from));
});

test("half of a bucket counts for half", () => {
  const cells = timeline("cells");
  const half = { from: cells.from, to: cells.from + cells.bucketUs / 2 };
  const whole = { from: cells.from, to: cells.from + cells.bucketUs };
  const busy = (span: typeof half) => addTotals(noTotals(), cells, span).busyUs;
  expect(busy(half)).toBeCloseTo(busy(whole) / 2);
});

test("runs are cut where the span ends", () => {
  const runs = timeline("runs");
  const all = addTotals(noTotals(), runs, { from: runs.from - 1e6, to: runs.to + 1e6 });
  expect(all).toMatchObject({ runs: 23, exact: true, busyUs: 681914 });
  const middle = (runs.from + runs.to) / 2;
  const parts = [
    addTotals(noTotals(), runs, { from: runs.from - 1e6, to: middle }),
    addTotals(noTotals(), runs, { from: middle, to: runs.to + 1e6 }),
  ];
  expect(parts.reduce((sum, part) => sum + part.busyUs, 0)).toBe(681914);
  expect(parts.reduce((sum, part) => sum + part.runs, 0)).toBe(23);
});
