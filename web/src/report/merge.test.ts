import { expect, test } from "vitest";
import type { Lane, Timeline } from "../stream/source";
import { merge, type Target } from "./merge";

const kLanes: Lane[] = [
  { worker: "a", name: "a", thread: 1 },
  { worker: "a", name: "a", thread: 2 },
];
const kHead = { complete: true, firstLane: 0, lanesTotal: 2, lanes: kLanes };

// One lane, one group; of each run: key, start, duration, lane.
function runs(from: number, to: number, given: [string, number, number, number][], groups = ["g"]): Timeline {
  return {
    ...kHead,
    from,
    to,
    bucketUs: 1,
    buckets: to - from,
    groups,
    actions: ["compute"],
    cells: null,
    runs: {
      key: given.map(([key]) => key),
      lane: given.map(([, , , lane]) => lane),
      group: given.map(() => 0),
      erred: given.map(() => 0),
      firstAction: [0, ...given.map((_, i) => i + 1)],
      action: given.map(() => 0),
      startUs: given.map(([, start]) => start - from),
      durationUs: given.map(([, , duration]) => duration),
    },
  };
}

// Of each cell: bucket, lane, runs, busy.
function cells(
  from: number,
  bucketUs: number,
  buckets: number,
  given: [number, number, number, number][],
): Timeline {
  return {
    ...kHead,
    from,
    to: from + bucketUs * buckets,
    bucketUs,
    buckets,
    groups: ["h", "g"],
    actions: ["compute", "transfer"],
    cells: {
      bucket: given.map(([bucket]) => bucket),
      lane: given.map(([, lane]) => lane),
      spans: given.map(([, , spans]) => spans),
      erred: given.map(() => 0),
      group: given.map(() => 1),
      busyUs: [given.map(([, , , busy]) => busy), given.map(() => 0)],
    },
    runs: null,
  };
}

const target = (from: number, to: number, width: number, lanes = kLanes): Target => ({
  from,
  to,
  width,
  firstLane: 0,
  lanes,
  lanesTotal: 2,
});

test("runs of neighbours are told once", () => {
  const first = runs(0, 100, [
    ["before", -20, 30, 0],
    ["one", 40, 20, 0],
    ["across", 90, 30, 1],
  ]);
  const second = runs(100, 200, [
    ["across", 90, 30, 1],
    ["two", 150, 10, 0],
    ["behind", 200, 10, 0],
  ]);
  const sources = [
    { timeline: first, from: 0, to: 100 },
    { timeline: second, from: 100, to: 200 },
  ];
  const merged = merge(sources, target(0, 200, 50));
  expect(merged.runs?.key).toEqual(["before", "one", "across", "two"]);
  expect(merged.runs?.startUs).toEqual([-20, 40, 90, 150]);
  expect(merged.runs?.firstAction).toEqual([0, 1, 2, 3, 4]);
  expect(merged.cells).toBeNull();

  // From the middle on: what still runs there is told too.
  const half = merge([{ timeline: second, from: 110, to: 200 }], target(110, 200, 50));
  expect(half.runs?.key).toEqual(["across", "two"]);
  expect(half.runs?.startUs).toEqual([-20, 40]);
});

test("too many runs become sums", () => {
  const many = runs(
    0,
    100,
    Array.from({ length: 50 }, (_, i) => [`k${i}`, i * 2, 1, 0]),
  );
  const merged = merge([{ timeline: many, from: 0, to: 100 }], target(0, 100, 10));
  expect(merged.runs).toBeNull();
  expect(merged.bucketUs).toBe(10);
  expect(merged.cells?.bucket).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(merged.cells?.spans).toEqual(Array(10).fill(5));
  expect(merged.cells?.busyUs).toEqual([Array(10).fill(5)]);
});

test("runs and cells are summed up together, without loss", () => {
  const sources = [
    { timeline: runs(0, 100, [["long", 50, 100, 0]]), from: 0, to: 100 },
    {
      timeline: cells(100, 50, 2, [
        [0, 0, 0, 50],
        [1, 1, 3, 20],
      ]),
      from: 100,
      to: 200,
    },
  ];
  const merged = merge(sources, target(0, 200, 8));
  expect(merged.bucketUs).toBe(25);
  const busy = merged.cells?.busyUs[0] as number[];
  expect(busy.reduce((sum, us) => sum + us, 0)).toBeCloseTo(120);
  const spans = merged.cells?.spans as number[];
  expect(spans.reduce((sum, n) => sum + n, 0)).toBe(4);
  expect(merged.groups).toEqual(["g", "h"]);
  expect(new Set(merged.cells?.group as number[])).toEqual(new Set([0]));
  expect(merged.cells?.bucket).toEqual([2, 3, 4, 5, 6, 7]);
  expect(merged.cells?.lane).toEqual([0, 0, 0, 0, 1, 1]);
});

test("a part of a cell counts for a part of it", () => {
  const merged = merge(
    [{ timeline: cells(0, 100, 1, [[0, 1, 7, 60]]), from: 50, to: 100 }],
    target(50, 100, 1),
  );
  expect(merged.cells?.busyUs[0]).toEqual([30]);
  expect(merged.cells?.spans).toEqual([0]);
});

test("lanes that are not asked for are left out", () => {
  const one = runs(0, 100, [
    ["a", 0, 10, 0],
    ["b", 0, 10, 1],
  ]);
  const merged = merge([{ timeline: one, from: 0, to: 100 }], target(0, 100, 10, kLanes.slice(1)));
  expect(merged.runs?.key).toEqual(["b"]);
  expect(merged.runs?.lane).toEqual([0]);
});
