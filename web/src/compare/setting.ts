import type { Cluster, Computation, Worker } from "../api/types";
import { bytes, count } from "../format/number";

// Where a computation ran, in words that can be compared.

export interface Row {
  name: string;
  a: string;
  b: string;
}

export interface Setting {
  cluster: Cluster;
  computation: Computation;
  workers: Worker[] | undefined; // none: too many to be listed here
}

// "2 × 4 threads, 8 GiB; 1 × 2 threads, 1 GiB": the workers that were there while the computation ran.
export function shapesOf(computation: Computation, workers: Worker[]): string {
  const stop = computation.stop_us ?? computation.last_stop_us ?? computation.start_us;
  const counts = new Map<string, number>();
  for (const worker of workers) {
    if (worker.joined_us > stop || (worker.left_us ?? stop) < computation.start_us) continue;
    const memory = worker.memory_limit > 0 ? bytes(worker.memory_limit) : "no memory limit";
    const shape = `${worker.nthreads} ${worker.nthreads === 1 ? "thread" : "threads"}, ${memory}`;
    counts.set(shape, (counts.get(shape) ?? 0) + 1);
  }
  if (counts.size === 0) return "none";
  return [...counts]
    .sort(([one, n], [other, m]) => m - n || one.localeCompare(other, "en", { numeric: true }))
    .map(([shape, number]) => `${count(number)} × ${shape}`)
    .join("; ");
}

export function settings(a: Setting, b: Setting): { differ: Row[]; same: Row[] } {
  const row = (name: string, of: (side: Setting) => string): Row => ({ name, a: of(a), b: of(b) });
  const rows = [
    row("Cluster", ({ cluster }) => cluster.name),
    row("User", ({ cluster }) => cluster.user),
    row("Host of the scheduler", ({ cluster }) => cluster.host),
    row("System", ({ cluster }) => cluster.os),
    row("Python", ({ cluster }) => cluster.versions.python),
    row("dask", ({ cluster }) => cluster.versions.dask),
    row("distributed", ({ cluster }) => cluster.versions.distributed),
    row("Workers", ({ computation, workers }) =>
      workers ? shapesOf(computation, workers) : "too many to compare",
    ),
  ];
  return {
    differ: rows.filter((one) => one.a !== one.b),
    same: rows.filter((one) => one.a === one.b && one.a !== ""),
  };
}
