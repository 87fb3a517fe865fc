import { describe, expect, it } from "vitest";
import type { Computation, Worker } from "../api/types";
import { deltaText, idleOf, lengthOf, noiseOfMedian, ratioText, totals, valueText, verdict } from "./figures";
import { group } from "./test_groups";

const computation = (groups = [group("load-x", 10)]): Computation => ({
  id: 1,
  cluster_id: 1,
  scheduler_id: "Scheduler-1",
  state: "done",
  start_us: 1_000_000,
  stop_us: 3_000_000,
  last_stop_us: 3_000_000,
  code: [],
  tasks: group("all", 10).tasks,
  spans: 10,
  spans_expired: 0,
  exceptions: 0,
  groups,
  groups_left_out: 0,
});

const worker = (nthreads: number, joined_us: number, left_us: number | null): Worker => ({
  id: 1,
  address: "tcp://10.0.0.1:1",
  name: "one",
  host: "10.0.0.1",
  nthreads,
  memory_limit: 1,
  joined_us,
  left_us,
  expected: null,
  reason: null,
  processing: 0,
  processing_keys: [],
  lost_results: 0,
  lost_scattered: 0,
  last: null,
});

describe("a change", () => {
  it("matters above a tenth and above the noise", () => {
    expect(verdict(100, 109, 0)).toBeNull();
    expect(verdict(100, 111, 0)).toBe("worse");
    expect(verdict(100, 60, 0)).toBe("better");
    expect(verdict(100, 160, 100)).toBeNull();
    expect(verdict(0, 3, 0)).toBe("worse");
    expect(verdict(0, 0, 0)).toBeNull();
    expect(verdict(null, 5, 0)).toBeNull();
  });

  it("is told with its sign and ratio", () => {
    expect(deltaText(2e6, 3.5e6, "duration")).toBe("+1.5 s");
    expect(deltaText(3, 1, "count")).toBe("−2");
    expect(deltaText(0.5, 0.25, "share")).toBe("−25 points");
    expect(deltaText(7, 7, "bytes")).toBe("same");
    expect(deltaText(null, 7, "bytes")).toBe("–");
    expect(ratioText(2, 3)).toBe("× 1.5");
    expect(ratioText(0, 3)).toBe("");
    expect(valueText(0.5, "share")).toBe("50 %");
  });
});

describe("a computation", () => {
  it("lasts until its last run when it has no end", () => {
    expect(lengthOf(computation())).toBe(2_000_000);
    expect(lengthOf({ ...computation(), stop_us: null, last_stop_us: 1_500_000 })).toBe(500_000);
    expect(lengthOf({ ...computation(), stop_us: null, last_stop_us: null })).toBeNull();
  });

  it("is idle while workers that are there do not compute for it", () => {
    const busy = computation([{ ...group("load-x", 10), durations_us: { compute: 3_000_000 } }]);
    expect(idleOf(busy, [worker(2, 0, null)])).toBe(0.25);
    expect(idleOf(busy, [worker(2, 0, null), worker(4, 2_000_000, 9_000_000)])).toBe(0.625);
    expect(idleOf(busy, [worker(8, 0, 500_000), worker(8, 4_000_000, null)])).toBeNull();
    expect(idleOf({ ...busy, groups_left_out: 1 }, [worker(2, 0, null)])).toBeNull();
  });

  it("is summed up", () => {
    const a = { computation: computation(), workers: undefined };
    const b = {
      computation: computation([
        {
          ...group("load-x", 10),
          durations_us: { compute: 90_000, "disk-read": 5_000, "disk-write": 40_000 },
        },
      ]),
      workers: [],
    };
    const found = new Map(totals(a, b).map((figure) => [figure.name, figure]));
    expect(found.get("Compute")).toMatchObject({ a: 10_000, b: 90_000, matters: "worse" });
    expect(found.get("Disk")).toMatchObject({ a: 0, b: 45_000, matters: "worse" });
    expect(found.get("Tasks")?.matters).toBeNull();
    expect(found.get("Idle share")).toMatchObject({ a: null, b: null, matters: null });
  });
});

it("medians of many even runs are surer than those of few uneven ones", () => {
  const even = group("map-x", 400);
  const uneven = { ...group("map-y", 4), p50_us: 10_000, p90_us: 90_000 };
  expect(noiseOfMedian(even, even)).toBe(1000);
  expect(noiseOfMedian(even, uneven)).toBe(80_000);
});
