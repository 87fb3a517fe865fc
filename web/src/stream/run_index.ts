import type { Timeline } from "./source";

interface LaneActions {
  order: Uint32Array; // actions of this lane, by start
  latestStop: Float64Array; // of those up to here: where a search can begin
}

// Finds the actions of a lane that overlap a span of time.
export class RunIndex {
  readonly runOf: Uint32Array; // of each action
  private readonly lanes: LaneActions[];

  constructor(private readonly timeline: Timeline) {
    const runs = timeline.runs;
    const count = runs?.action.length ?? 0;
    this.runOf = new Uint32Array(count);
    const byLane: number[][] = timeline.lanes.map(() => []);
    for (let run = 0; runs && run < runs.key.length; ++run) {
      for (let i = runs.firstAction[run] ?? 0; i < (runs.firstAction[run + 1] ?? 0); ++i) {
        this.runOf[i] = run;
        byLane[runs.lane[run] ?? 0]?.push(i);
      }
    }
    this.lanes = byLane.map((actions) => {
      actions.sort((a, b) => this.start(a) - this.start(b));
      const latestStop = new Float64Array(actions.length);
      let latest = Number.NEGATIVE_INFINITY;
      actions.forEach((action, i) => {
        latest = Math.max(latest, this.stop(action));
        latestStop[i] = latest;
      });
      return { order: Uint32Array.from(actions), latestStop };
    });
  }

  start(action: number): number {
    return this.timeline.from + (this.timeline.runs?.startUs[action] ?? 0);
  }

  stop(action: number): number {
    return this.start(action) + (this.timeline.runs?.durationUs[action] ?? 0);
  }

  // By start.
  each(lane: number, from: number, to: number, use: (action: number) => void): void {
    const found = this.lanes[lane];
    if (!found) return;
    const { order, latestStop } = found;
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((latestStop[middle] ?? 0) < from) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < order.length; ++i) {
      const action = order[i] ?? 0;
      if (this.start(action) > to) return;
      if (this.stop(action) >= from) use(action);
    }
  }

  // The action nearest to `at`, at most `reach` away from it.
  nearest(lane: number, at: number, reach: number): number | null {
    let best: number | null = null;
    let least = Number.POSITIVE_INFINITY;
    this.each(lane, at - reach, at + reach, (action) => {
      const away = Math.max(this.start(action) - at, at - this.stop(action), 0);
      if (away <= least) {
        least = away;
        best = action;
      }
    });
    return best;
  }
}
