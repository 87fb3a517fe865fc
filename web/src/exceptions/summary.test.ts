import { expect, it } from "vitest";
import type { ExceptionGroup } from "../api/types";
import { sumUp } from "./summary";

const group = (python: string, user: string, first_us: number, last_us: number): ExceptionGroup => ({
  id: 1,
  cluster_id: 1,
  cluster_name: "north-sea",
  user,
  versions: { python, dask: "2026.1.0", distributed: "2026.1.0", pilothouse: "" },
  scheduler_id: "Scheduler-1",
  fingerprint: "1-0",
  type: "KeyError",
  message: "south",
  traceback: "",
  count: 3,
  blamed: 1,
  first_us,
  last_us,
});

it("the groups of several clusters are one exception", () => {
  const sum = sumUp([
    group("3.11.2", "ada", 20, 30),
    group("3.9.7", "grace", 10, 25),
    group("3.11.2", "ada", 5, 6),
  ]);
  expect(sum).toMatchObject({ count: 9, blamed: 3, firstUs: 5, lastUs: 30 });
  expect(sum.pythons).toEqual(["3.9.7", "3.11.2"]);
  expect(sum.users).toEqual(["ada", "grace"]);
  expect(sum.dasks).toEqual(["2026.1.0"]);
});
