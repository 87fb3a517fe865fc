import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeTimeline, TimelineError } from "./decode";

// Answers of a hub that recorded real clusters.
const bytes = (name: string) => {
  const file = readFileSync(new URL(`./fixtures/${name}.bin`, import.meta.url));
  return new Uint8Array(file).buffer;
};
const sum = (column: ArrayLike<number>) => Array.from(column).reduce((a, b) => a + b, 0);

test("cells", () => {
  const timeline = decodeTimeline(bytes("cells"));
  expect(timeline).toMatchObject({
    from: 1796015717963839,
    to: 1796015721270399,
    bucketUs: 51665,
    buckets: 64,
    complete: true,
    firstLane: 0,
    lanesTotal: 8,
    groups: ["load", "clean", "score"],
    actions: ["compute", "transfer", "deserialize", "disk-read", "disk-write", "other"],
    runs: null,
  });
  expect(timeline.lanes[0]).toEqual({ worker: "tcp://127.0.0.1:37145", name: "0", thread: 139688425805504 });
  const { cells } = timeline;
  if (!cells) throw new Error("there are no cells");
  expect(sum(cells.spans)).toBe(591);
  expect(sum(cells.erred)).toBe(9);
  expect(cells.busyUs.map(sum)).toEqual([25484690, 0, 0, 0, 0, 0]);
  const ofFirstLane = Array.from(cells.lane).flatMap((lane, cell) => (lane === 0 ? [cell] : []));
  expect(ofFirstLane.length).toBe(63);
  expect(ofFirstLane.slice(0, 4).map((cell) => cells.bucket[cell])).toEqual([0, 1, 2, 3]);
  expect(ofFirstLane.slice(0, 4).map((cell) => cells.busyUs[0]?.[cell])).toEqual([
    43502, 50152, 51665, 50430,
  ]);
});

test("runs", () => {
  const timeline = decodeTimeline(bytes("runs"));
  expect(timeline).toMatchObject({ firstLane: 1, lanesTotal: 8, bucketUs: 147, buckets: 1021, cells: null });
  const { runs } = timeline;
  if (!runs) throw new Error("there are no runs");
  expect(runs.key.length).toBe(23);
  expect(runs.key[0]).toBe("('random_sample-35fca16c01521b778c6d6913a50ad166', 7, 4)");
  expect(Array.from(runs.lane).slice(0, 5)).toEqual([1, 2, 0, 0, 0]);
  expect(Array.from(runs.startUs).slice(0, 4)).toEqual([2558, -724, 154, 25267]);
  expect(sum(runs.durationUs)).toBe(681914);
  expect(runs.firstAction[23]).toBe(32);
});

test("other bytes are refused", () => {
  expect(() => decodeTimeline(new ArrayBuffer(0))).toThrow(TimelineError);
  expect(() => decodeTimeline(new ArrayBuffer(500))).toThrow("no timeline");
  const later = bytes("cells");
  new DataView(later).setUint32(8, 2, true);
  expect(() => decodeTimeline(later)).toThrow("version 2");
  const huge = bytes("runs");
  new DataView(huge).setBigInt64(64, 2n ** 60n, true);
  expect(() => decodeTimeline(huge)).toThrow(TimelineError);
});

test.each(["cells", "runs"])("%s that were cut off are refused", (name) => {
  const whole = bytes(name);
  for (let length = 0; length < whole.byteLength; length += 7) {
    expect(() => decodeTimeline(whole.slice(0, length))).toThrow(TimelineError);
  }
});

test.each(["cells", "runs"])("%s with flipped bytes are refused or read, and nothing else", (name) => {
  const whole = bytes(name);
  for (let at = 0; at < whole.byteLength; at += 1) {
    const broken = whole.slice(0);
    const view = new Uint8Array(broken);
    view[at] = (view[at] ?? 0) ^ 0xff;
    try {
      decodeTimeline(broken);
    } catch (failure) {
      expect(failure).toBeInstanceOf(TimelineError);
    }
  }
});
