import { describe, expect, it } from "vitest";
import type { Cluster, Computation, Worker } from "../api/types";
import { settings, shapesOf } from "./setting";

const kGiB = 1024 ** 3;
const computation = { start_us: 100, stop_us: 200, last_stop_us: 200 } as Computation;
const worker = (nthreads: number, memory: number, joined_us = 0, left_us: number | null = null) =>
  ({ nthreads, memory_limit: memory, joined_us, left_us }) as Worker;
const cluster = (name: string, python: string) =>
  ({
    name,
    user: "ada",
    host: "h",
    os: "Linux",
    versions: { python, dask: "1", distributed: "1", pilothouse: "1" },
  }) as Cluster;

describe("where a computation ran", () => {
  it("is told by the workers that were there", () => {
    const workers = [
      worker(2, kGiB),
      worker(4, 8 * kGiB),
      worker(4, 8 * kGiB),
      worker(16, 8 * kGiB, 0, 50),
      worker(16, 8 * kGiB, 300),
      worker(1, 0, 150, 160),
    ];
    expect(shapesOf(computation, workers)).toBe(
      "2 × 4 threads, 8 GiB; 1 × 1 thread, no memory limit; 1 × 2 threads, 1 GiB",
    );
    expect(shapesOf(computation, [])).toBe("none");
  });

  it("is compared line by line", () => {
    const found = settings(
      { cluster: cluster("etl", "3.11.2"), computation, workers: [worker(2, kGiB)] },
      { cluster: cluster("etl", "3.12.1"), computation, workers: undefined },
    );
    expect(found.differ).toEqual([
      { name: "Python", a: "3.11.2", b: "3.12.1" },
      { name: "Workers", a: "1 × 2 threads, 1 GiB", b: "too many to compare" },
    ]);
    expect(found.same.map((row) => row.name)).toContain("Cluster");
  });
});
