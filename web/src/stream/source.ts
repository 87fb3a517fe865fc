import type { Micros } from "../api/types";

// A timeline, decoded from the hub's binary answer (docs/formats/timeline.md).
export interface Timeline {
  from: Micros;
  to: Micros;
  bucketUs: Micros;
  buckets: number;
  complete: boolean;
  firstLane: number;
  lanesTotal: number;
  lanes: Lane[];
  groups: string[];
  actions: string[];
  cells: Cells | null; // summed up by lane and bucket, where there are many runs
  runs: Runs | null; // one by one, where there are few
}

export interface Lane {
  worker: string | null; // its address
  name: string | null;
  thread: number;
}

// One item for each lane and bucket in which there is something, bucket by bucket.
export interface Cells {
  bucket: ArrayLike<number>;
  lane: ArrayLike<number>; // an index of Timeline.lanes
  spans: ArrayLike<number>; // that begin here
  erred: ArrayLike<number>;
  group: ArrayLike<number>; // the one that was busy for most of the time
  busyUs: ArrayLike<number>[]; // by action
}

export interface Runs {
  key: string[];
  lane: ArrayLike<number>;
  group: ArrayLike<number>;
  erred: ArrayLike<number>;
  firstAction: ArrayLike<number>; // of run i: the actions firstAction[i] to firstAction[i + 1]
  action: ArrayLike<number>;
  startUs: ArrayLike<number>; // from Timeline.from
  durationUs: ArrayLike<number>;
}

export interface TimelineView {
  from?: Micros | undefined; // none: from the first run on
  to?: Micros | undefined;
  width: number; // buckets at most
  firstLane: number;
  lanes: number; // at most
}

// Where timelines come from: the hub, or a file.
export interface TimelineSource {
  load(view: TimelineView, signal?: AbortSignal): Promise<Timeline>;
}
