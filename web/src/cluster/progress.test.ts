import { expect, test } from "vitest";
import { progress } from "./progress";

const none = {
  waiting: 0,
  queued: 0,
  processing: 0,
  no_worker: 0,
  memory: 0,
  erred: 0,
  blamed: 0,
  released: 0,
};

test("what is over, and what failed", () => {
  const tasks = {
    ...none,
    total: 100,
    memory: 20,
    released: 30,
    waiting: 20,
    processing: 5,
    erred: 10,
    blamed: 15,
  };
  expect(progress(tasks)).toEqual({ done: 50, failed: 25, label: "50 of 100 tasks done, 25 failed" });
});

test("no tasks", () => {
  expect(progress({ ...none, total: 0 })).toMatchObject({ done: 0, failed: 0 });
});
