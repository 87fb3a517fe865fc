import type { Group } from "../api/types";

// A made-up group, for tests.
export function group(
  name: string,
  tasks: number,
  dependencies: string[] = [],
  prefix = name.split("-")[0] ?? name,
): Group {
  return {
    name,
    prefix,
    tasks: {
      total: tasks,
      waiting: 0,
      queued: 0,
      processing: 0,
      no_worker: 0,
      memory: 0,
      erred: 0,
      blamed: 0,
      released: tasks,
    },
    runs: tasks,
    durations_us: { compute: tasks * 1000 },
    nbytes: 0,
    types: {},
    first_start_us: null,
    last_stop_us: null,
    dependencies,
    p50_us: 1000,
    p90_us: 1100,
    p95_us: 1200,
    p99_us: 1300,
    max_us: 1300,
  };
}
