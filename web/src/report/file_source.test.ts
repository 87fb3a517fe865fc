import { expect, test, vi } from "vitest";
import type { Lane, Timeline } from "../stream/source";
import type { Index, PieceEntry } from "./contents";
import { FileSource } from "./file_source";
import { whatIsInside } from "./inside";
import { searchRuns } from "./search";

// Two pages of two lanes. The first one has a part with single runs.
const kPieces: PieceEntry[] = [
  [-1, 0, 1000, 100, 0, 2],
  [-1, 0, 1000, 100, 2, 1],
  [0, 500, 1000, 0, 0, 2],
];
const kIndex: Index = {
  format: 1,
  computation_id: 7,
  made_us: 1,
  hub: "http://hub",
  pilothouse: "1",
  runs_total: 12,
  runs_expired: 0,
  runs_inside: 2,
  detail_us: 100,
  lanes_total: 5,
  lanes_inside: 3,
  answers: {},
  pieces: kPieces,
};
const lane = (thread: number): Lane => ({ worker: "w", name: null, thread });

function piece(number: number): Timeline {
  const first = number === 1;
  const head = {
    from: 0,
    to: 1000,
    bucketUs: 100,
    buckets: 10,
    complete: true,
    firstLane: first ? 2 : 0,
    lanesTotal: 5,
    lanes: first ? [lane(3)] : [lane(1), lane(2)],
    groups: ["g"],
    actions: ["compute"],
  };
  if (number < 2) {
    const cells = {
      bucket: [0, 7],
      lane: [0, 0],
      spans: [4, 1],
      erred: [0, 0],
      group: [0, 0],
      busyUs: [[90, 50]],
    };
    return { ...head, cells, runs: null };
  }
  const runs = {
    key: ["('x', 1)", "('Y', 2)"],
    lane: [0, 1],
    group: [0, 0],
    erred: [0, 1],
    firstAction: [0, 1, 2],
    action: [0, 0],
    startUs: [710, 800],
    durationUs: [50, 9],
  };
  return { ...head, cells: null, runs };
}

const source = () => new FileSource(kIndex, async (number) => piece(number));

test("the whole is told from its pages", async () => {
  const whole = await source().load({ width: 10, firstLane: 0, lanes: 128 });
  expect([whole.from, whole.to, whole.bucketUs]).toEqual([0, 1000, 100]);
  expect(whole.lanes.map(({ thread }) => thread)).toEqual([1, 2, 3]);
  expect(whole.lanesTotal).toBe(3);
  expect(whole.cells?.lane).toEqual([0, 2, 0, 2]);
});

test("lanes are told page by page", async () => {
  const page = await source().load({ width: 10, firstLane: 1, lanes: 1 });
  expect(page.lanes.map(({ thread }) => thread)).toEqual([2]);
  expect(page.firstLane).toBe(1);
  expect(page.cells?.lane).toEqual([]);
});

test("zoomed in there are single runs where the file has them", async () => {
  const zoomed = await source().load({ from: 700, to: 900, width: 100, firstLane: 0, lanes: 2 });
  expect(zoomed.runs?.key).toEqual(["('x', 1)", "('Y', 2)"]);
  expect(zoomed.runs?.startUs).toEqual([10, 100]);
});

test("a piece is read once, and a question can be given up", async () => {
  const read = vi.fn(async (number: number) => piece(number));
  const one = new FileSource(kIndex, read);
  await one.load({ width: 10, firstLane: 0, lanes: 2 });
  await one.load({ from: 0, to: 400, width: 5, firstLane: 0, lanes: 2 });
  expect(read).toHaveBeenCalledTimes(1);
  const stop = new AbortController();
  stop.abort();
  await expect(one.load({ width: 10, firstLane: 0, lanes: 2 }, stop.signal)).rejects.toThrow();
});

test("runs are found by a part of their key", async () => {
  const found = await searchRuns(kIndex, async (number) => piece(number), "'y'");
  expect(found.more).toBe(false);
  expect(found.spans).toEqual([
    {
      key: "('Y', 2)",
      group: "g",
      worker: "w",
      thread: 2,
      status: "erred",
      nbytes: null,
      type: null,
      actions: [{ action: "compute", start_us: 800, stop_us: 809 }],
    },
  ]);
});

test("what is inside is told", () => {
  expect(whatIsInside(kIndex)).toEqual([
    "2 of 12 runs are inside one by one.",
    "The others are summed up by thread, with detail down to 100 µs.",
    "Of 5 threads the first 3 are inside.",
  ]);
  expect(whatIsInside({ ...kIndex, runs_inside: 12, lanes_inside: 5, runs_total: 12 })).toEqual([
    "All 12 runs are inside one by one.",
  ]);
});
