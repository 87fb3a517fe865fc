import { expect, test } from "vitest";
import { RunIndex } from "./run_index";
import type { Timeline } from "./source";

// One lane: a long run from 0 to 100 with a short one within, and one at 200.
const kTimeline: Timeline = {
  from: 1000,
  to: 2000,
  bucketUs: 1,
  buckets: 1000,
  complete: true,
  firstLane: 0,
  lanesTotal: 2,
  lanes: [
    { worker: "a", name: null, thread: 1 },
    { worker: "a", name: null, thread: 2 },
  ],
  groups: ["g"],
  actions: ["compute", "transfer"],
  cells: null,
  runs: {
    key: ["late", "long", "short"],
    lane: [0, 0, 0],
    group: [0, 0, 0],
    erred: [0, 0, 0],
    firstAction: [0, 2, 3, 4],
    action: [1, 0, 0, 0],
    startUs: [190, 200, 0, 10],
    durationUs: [10, 50, 100, 5],
  },
};

function between(lane: number, from: number, to: number): number[] {
  const found: number[] = [];
  new RunIndex(kTimeline).each(lane, from, to, (action) => found.push(action));
  return found;
}

test("what overlaps is found by start", () => {
  expect(between(0, 1000, 2000)).toEqual([2, 3, 0, 1]);
  expect(between(0, 1050, 1060)).toEqual([2]);
  expect(between(0, 1101, 1189)).toEqual([]);
  expect(between(1, 1000, 2000)).toEqual([]);
  expect(between(7, 1000, 2000)).toEqual([]);
});

test("the nearest one, and whose it is", () => {
  const index = new RunIndex(kTimeline);
  expect(index.nearest(0, 1012, 0)).toBe(3);
  expect(index.nearest(0, 1103, 5)).toBe(2);
  expect(index.nearest(0, 1150, 5)).toBe(null);
  expect(index.runOf[1]).toBe(0);
  expect(index.runOf[3]).toBe(2);
});
