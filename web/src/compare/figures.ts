import type { Computation, Group, Micros, Worker } from "../api/types";
import { bytes, count, duration, percent, short } from "../format/number";

// One number of two computations, and what its change means.

export type Kind = "duration" | "count" | "bytes" | "share";

export interface Figure {
  name: string;
  kind: Kind;
  a: number | null;
  b: number | null;
  matters: Verdict;
}

export type Verdict = "better" | "worse" | null; // null: the same, noise, or neither good nor bad

const kChange = 0.1; // less is not worth a colour
const kNoise: Record<Kind, number> = { duration: 10_000, count: 0, bytes: 1 << 20, share: 0.05 };

// Of numbers of which less is better. `noise`: how far two such numbers may be apart for no reason.
export function verdict(a: number | null, b: number | null, noise: number): Verdict {
  if (a === null || b === null) return null;
  const change = b - a;
  if (Math.abs(change) <= noise || Math.abs(change) <= kChange * Math.abs(a)) return null;
  return change > 0 ? "worse" : "better";
}

export function deltaText(a: number | null, b: number | null, kind: Kind): string {
  if (a === null || b === null) return "–";
  const change = b - a;
  if (change === 0) return "same";
  const sign = change > 0 ? "+" : "−";
  if (kind === "share") return `${sign}${short(Math.abs(change) * 100)} points`;
  return `${sign}${valueText(Math.abs(change), kind)}`;
}

// "× 1.25"; nothing where there is nothing to divide by.
export function ratioText(a: number | null, b: number | null): string {
  if (a === null || b === null || a <= 0 || b < 0 || a === b) return "";
  return `× ${short(b / a)}`;
}

export function valueText(value: number | null, kind: Kind): string {
  if (value === null) return "–";
  if (kind === "duration") return duration(value);
  if (kind === "bytes") return bytes(value);
  if (kind === "share") return percent(value);
  return count(value);
}

export function sumOf(groups: Group[], action: string): Micros {
  return groups.reduce((sum, group) => sum + (group.durations_us[action] ?? 0), 0);
}

const disk = (groups: Group[]) => sumOf(groups, "disk-read") + sumOf(groups, "disk-write");
const total = (groups: Group[], of: (group: Group) => number) =>
  groups.reduce((sum, group) => sum + of(group), 0);

export function lengthOf(computation: Computation): Micros | null {
  const stop = computation.stop_us ?? computation.last_stop_us;
  return stop === null ? null : Math.max(0, stop - computation.start_us);
}

// The share of the time of all threads of the cluster, while the computation ran, in which none of its tasks computed.
export function idleOf(computation: Computation, workers: Worker[]): number | null {
  const stop = computation.stop_us ?? computation.last_stop_us;
  if (stop === null || computation.groups_left_out > 0) return null;
  const threadTime = workers.reduce((sum, worker) => {
    const there = Math.min(stop, worker.left_us ?? stop) - Math.max(computation.start_us, worker.joined_us);
    return sum + Math.max(0, there) * worker.nthreads;
  }, 0);
  if (threadTime <= 0) return null;
  return Math.min(1, Math.max(0, 1 - sumOf(computation.groups, "compute") / threadTime));
}

export interface Side {
  computation: Computation;
  workers: Worker[] | undefined;
}

export function totals(a: Side, b: Side): Figure[] {
  const figure = (name: string, kind: Kind, of: (side: Side) => number | null, judged = true): Figure => {
    const [one, other] = [of(a), of(b)];
    return { name, kind, a: one, b: other, matters: judged ? verdict(one, other, kNoise[kind]) : null };
  };
  const groups = (side: Side) => side.computation.groups;
  return [
    figure("Duration", "duration", (side) => lengthOf(side.computation)),
    figure("Tasks", "count", (side) => side.computation.tasks.total, false),
    figure("Runs", "count", (side) => total(groups(side), (group) => group.runs), false),
    figure("Erred", "count", (side) => side.computation.tasks.erred),
    figure("Compute", "duration", (side) => sumOf(groups(side), "compute")),
    figure("Transfer", "duration", (side) => sumOf(groups(side), "transfer")),
    figure("Deserialize", "duration", (side) => sumOf(groups(side), "deserialize")),
    figure("Disk", "duration", (side) => disk(groups(side))),
    figure("Bytes of results", "bytes", (side) => total(groups(side), (group) => group.nbytes), false),
    figure("Idle share", "share", (side) => (side.workers ? idleOf(side.computation, side.workers) : null)),
  ];
}

// How far the medians of two groups may be apart by chance: by the spread of their runs, over the root of how many.
export function noiseOfMedian(...groups: Group[]): Micros {
  return groups.reduce((most, group) => {
    const spread = (group.p90_us ?? 0) - (group.p50_us ?? 0);
    return Math.max(most, (2 * spread) / Math.sqrt(Math.max(1, group.runs)));
  }, 1000);
}
