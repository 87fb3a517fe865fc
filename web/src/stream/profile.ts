import type { Timeline } from "./source";
import { length, type Span } from "./view";

// How many threads were busy, piece by piece of a run, by series (prefixes, say).
export class Profile {
  readonly series = new Map<number, Float64Array>();

  constructor(
    readonly span: Span,
    readonly bins: number,
  ) {}

  add(timeline: Timeline, seriesOf: (group: string) => number): void {
    const columns = timeline.groups.map((group) => this.column(seriesOf(group)));
    const { runs, cells } = timeline;
    if (runs) {
      for (let run = 0; run < runs.key.length; ++run) {
        const column = columns[runs.group[run] ?? 0];
        for (let i = runs.firstAction[run] ?? 0; column && i < (runs.firstAction[run + 1] ?? 0); ++i) {
          const from = timeline.from + (runs.startUs[i] ?? 0);
          this.spread(column, from, from + (runs.durationUs[i] ?? 0), runs.durationUs[i] ?? 0);
        }
      }
    }
    if (cells) {
      for (let cell = 0; cell < cells.bucket.length; ++cell) {
        const column = columns[cells.group[cell] ?? 0];
        const from = timeline.from + (cells.bucket[cell] ?? 0) * timeline.bucketUs;
        let busy = 0;
        for (const action of cells.busyUs) busy += action[cell] ?? 0;
        if (column) this.spread(column, from, from + timeline.bucketUs, busy);
      }
    }
  }

  private column(series: number): Float64Array {
    let column = this.series.get(series);
    if (!column) {
      column = new Float64Array(this.bins);
      this.series.set(series, column);
    }
    return column;
  }

  // Adds `busy` thread microseconds, told as a number of threads.
  private spread(column: Float64Array, from: number, to: number, busy: number): void {
    const bin = length(this.span) / this.bins;
    if (to <= from || bin <= 0) return;
    const density = busy / (to - from);
    const first = Math.max(0, Math.floor((from - this.span.from) / bin));
    const last = Math.min(this.bins - 1, Math.floor((to - this.span.from) / bin));
    for (let i = first; i <= last; ++i) {
      const begin = this.span.from + i * bin;
      const shared = Math.min(to, begin + bin) - Math.max(from, begin);
      column[i] = (column[i] ?? 0) + (density * Math.max(0, shared)) / bin;
    }
  }
}
