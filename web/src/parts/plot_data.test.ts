import { expect, test } from "vitest";
import { plotColumns, stack, summary, timeLabels, timeSplits } from "./plot_data";

test("a hole stands where nothing was sampled", () => {
  const { times, values } = plotColumns([1000, 2000, 9000], [[1, 2, 3]], 2000);
  expect(times).toEqual([1, 2, 3, 9]);
  expect(values).toEqual([[1, 2, null, 3]]);
});

test("stacked columns add up", () => {
  expect(
    stack([
      [1, 2, null],
      [10, 20, null],
    ]),
  ).toEqual([
    [1, 2, null],
    [11, 22, null],
  ]);
});

test("a chart in words", () => {
  const series = [
    { name: "workers", colour: "--a", values: [2, 4, null] },
    { name: "ready", colour: "--b", values: [] },
  ];
  expect(summary(series, String)).toBe(
    "workers: 4 at the end, 3 on average, 4 at most. ready: nothing was sampled.",
  );
});

test("labels of times name the day once", () => {
  const at = (day: number, hour: number) => new Date(2026, 0, day, hour, 5).getTime();
  expect(timeLabels([at(1, 22), at(1, 23), at(2, 0)], 3_600_000)).toEqual([
    "22:05\n01-01",
    "23:05",
    "00:05\n01-02",
  ]);
});

test("splits of times are round in the viewer's zone", () => {
  const at = (minute: number, second: number) => new Date(2026, 0, 1, 6, minute, second).getTime();
  expect(timeSplits(at(0, 46), at(1, 2), 5000)).toEqual([at(0, 50), at(0, 55), at(1, 0)]);
  expect(timeSplits(at(1, 0), at(31, 0), 900_000)).toEqual([at(15, 0), at(30, 0)]);
});
