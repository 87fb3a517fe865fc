import { expect, test } from "vitest";
import type { Computation, Group } from "../api/types";
import { allTime, byPrefix, endOf, slowest, took } from "./facts";

const span = (key: string, duration_us: number) => ({
  key,
  worker: "w",
  thread: 1,
  start_us: 5,
  duration_us,
});
const group = (name: string, prefix: string, durations_us: Record<string, number>, slow: number[] = []) =>
  ({ name, prefix, durations_us, slowest: slow.map((us) => span(`${name}-${us}`, us)) }) as unknown as Group;
const kGroups = [
  group("a-1", "a", { compute: 10, transfer: 5 }, [7, 3]),
  group("b-1", "b", { compute: 100 }, [50]),
  group("a-2", "a", { "disk-read": 2, "disk-write": 3 }),
];

test("times of groups and prefixes", () => {
  expect(took(kGroups[2] as Group, "disk-read", "disk-write")).toBe(5);
  expect(allTime(kGroups[0] as Group)).toBe(15);
  expect(byPrefix(kGroups)).toEqual([
    { prefix: "b", us: 100, groups: 1 },
    { prefix: "a", us: 20, groups: 2 },
  ]);
});

test("the slowest of all", () => {
  expect(slowest(kGroups, 2).map((slow) => slow.key)).toEqual(["b-1-50", "a-1-7"]);
});

test("where a computation ends", () => {
  const computation = { start_us: 1, stop_us: null, last_stop_us: 5, state: "lost" } as Computation;
  expect(endOf(computation, 99)).toBe(5);
  expect(endOf({ ...computation, state: "running" }, 99)).toBe(99);
  expect(endOf({ ...computation, stop_us: 7 }, 99)).toBe(7);
});
