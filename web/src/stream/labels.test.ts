import { expect, test } from "vitest";
import { laneLabel, taskLabel } from "./labels";

test("threads are counted by worker", () => {
  const lanes = [
    { worker: "tcp://10.0.0.1:1", name: "a", thread: 5 },
    { worker: "tcp://10.0.0.1:1", name: "a", thread: 9 },
    { worker: "tcp://10.0.0.2:1", name: null, thread: 5 },
  ];
  expect(laneLabel(lanes, 0)).toEqual({ worker: "a", thread: 0 });
  expect(laneLabel(lanes, 1)).toEqual({ worker: "a", thread: 1 });
  expect(laneLabel(lanes, 2)).toEqual({ worker: "10.0.0.2:1", thread: 0 });
  expect(laneLabel(lanes, 9)).toEqual({ worker: "…", thread: 0 });
});

test("keys", () => {
  expect(taskLabel("('sum-1a2b', 3, 0)", "sum")).toBe("sum (3, 0)");
  expect(taskLabel("inc-9f", "inc")).toBe("inc 9f");
  expect(taskLabel("plain", "other")).toBe("plain");
});
