import type { Micros } from "../api/types";
import type { Cells, Lane, Runs, Timeline } from "../stream/source";

const kRunsPerPixel = 4; // up to this many are shown one by one, as by the hub

// Of a timeline, what is in this time.
export interface Source {
  timeline: Timeline;
  from: Micros;
  to: Micros;
}

export interface Target {
  from: Micros;
  to: Micros;
  width: number; // buckets at most
  firstLane: number;
  lanes: Lane[];
  lanesTotal: number;
}

export const laneKey = (lane: Lane): string => `${lane.thread} ${lane.worker ?? ""}`;

// One timeline of many. The sources of a lane follow one another in time. Runs stay runs if there are few and nothing
// else; otherwise all is summed up in buckets of one width, and what the buckets of a source do not say is taken as
// evenly spread.
export function merge(sources: Source[], target: Target): Timeline {
  const runs = sources.every(({ timeline }) => timeline.runs !== null) ? mergeRuns(sources, target) : null;
  return runs ?? new Sums(target).add(sources).timeline();
}

class Names {
  readonly all: string[] = [];
  private readonly numbers = new Map<string, number>();

  number(name: string): number {
    let number = this.numbers.get(name);
    if (number === undefined) {
      number = this.all.length;
      this.all.push(name);
      this.numbers.set(name, number);
    }
    return number;
  }

  numbersOf(names: string[]): number[] {
    return names.map((name) => this.number(name));
  }
}

// Where a timeline's lanes are among the target's; -1: nowhere.
function placesOf(timeline: Timeline, target: Target): number[] {
  const places = new Map(target.lanes.map((lane, place) => [laneKey(lane), place]));
  return timeline.lanes.map((lane) => places.get(laneKey(lane)) ?? -1);
}

const at = (column: ArrayLike<number>, index: number): number => column[index] ?? 0;

// Calls take(run, start, firstAction, lastAction) for each run in the source's time that no earlier source has; times
// are from the epoch.
function eachRun(
  source: Source,
  runs: Runs,
  isFirst: boolean,
  take: (run: number, start: Micros, first: number, last: number) => void,
): void {
  for (let run = 0; run < runs.key.length; ++run) {
    const first = at(runs.firstAction, run);
    const last = at(runs.firstAction, run + 1);
    let start = Number.POSITIVE_INFINITY;
    let stop = Number.NEGATIVE_INFINITY;
    for (let action = first; action < last; ++action) {
      const begin = source.timeline.from + at(runs.startUs, action);
      start = Math.min(start, begin);
      stop = Math.max(stop, begin + at(runs.durationUs, action));
    }
    if (start >= source.to || stop < source.from || (start < source.from && !isFirst)) continue;
    take(run, start, first, last);
  }
}

function mergeRuns(sources: Source[], target: Target): Timeline | null {
  const most = kRunsPerPixel * target.width;
  const groups = new Names();
  const actions = new Names();
  const key: string[] = [];
  const lane: number[] = [];
  const group: number[] = [];
  const erred: number[] = [];
  const firstAction: number[] = [0];
  const action: number[] = [];
  const startUs: number[] = [];
  const durationUs: number[] = [];
  for (const source of sources) {
    const { timeline } = source;
    const runs = timeline.runs;
    if (runs === null) return null;
    const places = placesOf(timeline, target);
    const groupNumbers = groups.numbersOf(timeline.groups);
    const actionNumbers = actions.numbersOf(timeline.actions);
    eachRun(source, runs, source.from <= target.from, (run, _start, first, last) => {
      const place = places[at(runs.lane, run)] ?? -1;
      if (place < 0) return;
      key.push(runs.key[run] ?? "");
      lane.push(place);
      group.push(groupNumbers[at(runs.group, run)] ?? 0);
      erred.push(at(runs.erred, run));
      for (let i = first; i < last; ++i) {
        action.push(actionNumbers[at(runs.action, i)] ?? 0);
        startUs.push(timeline.from + at(runs.startUs, i) - target.from);
        durationUs.push(at(runs.durationUs, i));
      }
      firstAction.push(action.length);
    });
    if (key.length > most) return null;
  }
  const bucketUs = bucketOf(target);
  return {
    ...headOf(target, bucketUs, groups.all, actions.all),
    cells: null,
    runs: { key, lane, group, erred, firstAction, action, startUs, durationUs },
  };
}

const bucketOf = (target: Target): Micros => Math.max(1, Math.ceil((target.to - target.from) / target.width));

function headOf(target: Target, bucketUs: Micros, groups: string[], actions: string[]) {
  const buckets = Math.ceil((target.to - target.from) / bucketUs);
  return {
    from: target.from,
    to: target.from + buckets * bucketUs,
    bucketUs,
    buckets,
    complete: true,
    firstLane: target.firstLane,
    lanesTotal: target.lanesTotal,
    lanes: target.lanes,
    groups,
    actions,
  };
}

// Sums in the target's buckets.
class Sums {
  private readonly bucketUs: Micros;
  private readonly buckets: number;
  private readonly lanes: number;
  private readonly groups = new Names();
  private readonly actions = new Names();
  private readonly spans: Float64Array;
  private readonly erred: Float64Array;
  private readonly group: Int32Array;
  private readonly lead: Float64Array; // of the group, before all others together
  private readonly busy: Float64Array[] = [];

  constructor(private readonly target: Target) {
    this.bucketUs = bucketOf(target);
    this.buckets = Math.ceil((target.to - target.from) / this.bucketUs);
    this.lanes = target.lanes.length;
    const places = this.buckets * this.lanes;
    this.spans = new Float64Array(places);
    this.erred = new Float64Array(places);
    this.group = new Int32Array(places).fill(-1);
    this.lead = new Float64Array(places);
  }

  add(sources: Source[]): this {
    for (const source of sources) {
      const { timeline } = source;
      const places = placesOf(timeline, this.target);
      const groups = this.groups.numbersOf(timeline.groups);
      const actions = this.actions.numbersOf(timeline.actions);
      while (this.busy.length < this.actions.all.length) this.busy.push(new Float64Array(this.spans.length));
      if (timeline.runs) this.addRuns(source, timeline.runs, places, groups, actions);
      if (timeline.cells) this.addCells(source, timeline.cells, places, groups, actions);
    }
    return this;
  }

  private addRuns(source: Source, runs: Runs, places: number[], groups: number[], actions: number[]): void {
    eachRun(source, runs, true, (run, start, first, last) => {
      const lane = places[at(runs.lane, run)] ?? -1;
      if (lane < 0) return;
      const group = groups[at(runs.group, run)] ?? 0;
      if (start >= source.from) this.begin(start, lane, group, 1, at(runs.erred, run));
      for (let i = first; i < last; ++i) {
        const from = source.timeline.from + at(runs.startUs, i);
        const duration = at(runs.durationUs, i);
        const inside = { from: Math.max(from, source.from), to: Math.min(from + duration, source.to) };
        this.spread(inside, lane, group, actions[at(runs.action, i)] ?? 0, 1);
      }
    });
  }

  private addCells(
    source: Source,
    cells: Cells,
    places: number[],
    groups: number[],
    actions: number[],
  ): void {
    const { timeline } = source;
    for (let cell = 0; cell < cells.lane.length; ++cell) {
      const lane = places[at(cells.lane, cell)] ?? -1;
      if (lane < 0) continue;
      const start = timeline.from + at(cells.bucket, cell) * timeline.bucketUs;
      const inside = {
        from: Math.max(start, source.from),
        to: Math.min(start + timeline.bucketUs, source.to),
      };
      if (inside.from >= inside.to) continue;
      const group = groups[at(cells.group, cell)] ?? 0;
      if (start >= source.from) this.begin(start, lane, group, at(cells.spans, cell), at(cells.erred, cell));
      for (const [index, busy] of cells.busyUs.entries()) {
        const us = at(busy, cell);
        if (us > 0) this.spread(inside, lane, group, actions[index] ?? 0, us / timeline.bucketUs);
      }
    }
  }

  private begin(start: Micros, lane: number, group: number, spans: number, erred: number): void {
    const bucket = Math.floor((start - this.target.from) / this.bucketUs);
    if (bucket < 0 || bucket >= this.buckets) return;
    const place = bucket * this.lanes + lane;
    this.vote(place, group, 0);
    this.spans[place] = at(this.spans, place) + spans;
    this.erred[place] = at(this.erred, place) + erred;
  }

  // `busy`: for how much of the time.
  private spread(
    time: { from: Micros; to: Micros },
    lane: number,
    group: number,
    action: number,
    busy: number,
  ): void {
    const begin = this.target.from;
    const column = this.busy[action];
    const last = Math.min(time.to, begin + this.buckets * this.bucketUs);
    let from = Math.max(time.from, begin);
    while (column !== undefined && from < last) {
      const bucket = Math.floor((from - begin) / this.bucketUs);
      const to = Math.min(last, begin + (bucket + 1) * this.bucketUs);
      const place = bucket * this.lanes + lane;
      const us = (to - from) * busy;
      this.vote(place, group, us);
      column[place] = at(column, place) + us;
      from = to;
    }
  }

  private vote(place: number, group: number, us: number): void {
    const lead = at(this.lead, place);
    const known = at(this.group, place);
    if (known === group) {
      this.lead[place] = lead + us;
    } else if (known < 0 || us > lead) {
      this.group[place] = group;
      this.lead[place] = us - lead;
    } else {
      this.lead[place] = lead - us;
    }
  }

  timeline(): Timeline {
    const places: number[] = [];
    for (const [place, group] of this.group.entries()) {
      if (group >= 0) places.push(place);
    }
    const of = (column: ArrayLike<number>) => places.map((place) => at(column, place));
    return {
      ...headOf(this.target, this.bucketUs, this.groups.all, this.actions.all),
      cells: {
        bucket: places.map((place) => Math.floor(place / this.lanes)),
        lane: places.map((place) => place % this.lanes),
        spans: of(this.spans),
        erred: of(this.erred),
        group: of(this.group),
        busyUs: this.busy.map(of),
      },
      runs: null,
    };
  }
}
