import type { Timeline } from "./source";
import { overlap, type Span } from "./view";

// What threads did between two moments, in thread microseconds.
export interface Totals {
  runs: number; // that begin there
  erred: number;
  exact: boolean; // false: cells that are partly there were counted in part, and each counts for one group
  lanes: number;
  busyUs: number; // by all actions
  computeUs: number;
  laneComputeUs: number[];
  actionUs: Map<string, number>;
  groupUs: Map<string, number>;
  threadUs: number; // of all lanes
}

export function noTotals(): Totals {
  return {
    runs: 0,
    erred: 0,
    exact: true,
    lanes: 0,
    busyUs: 0,
    computeUs: 0,
    laneComputeUs: [],
    actionUs: new Map(),
    groupUs: new Map(),
    threadUs: 0,
  };
}

// Adds the lanes of one timeline to `totals`. Lanes come in the order of the answers.
export function addTotals(totals: Totals, timeline: Timeline, span: Span): Totals {
  const first = totals.lanes;
  for (let lane = 0; lane < timeline.lanes.length; ++lane) totals.laneComputeUs.push(0);
  totals.lanes += timeline.lanes.length;
  totals.threadUs += timeline.lanes.length * (span.to - span.from);
  const add = (lane: number, group: number, action: number, us: number) => {
    if (us <= 0) return;
    const actionName = timeline.actions[action] ?? "other";
    const groupName = timeline.groups[group] ?? "";
    totals.busyUs += us;
    if (actionName === "compute") {
      totals.computeUs += us;
      totals.laneComputeUs[first + lane] = (totals.laneComputeUs[first + lane] ?? 0) + us;
    }
    totals.actionUs.set(actionName, (totals.actionUs.get(actionName) ?? 0) + us);
    totals.groupUs.set(groupName, (totals.groupUs.get(groupName) ?? 0) + us);
  };
  if (timeline.runs) addRuns(totals, timeline, span, add);
  if (timeline.cells) addCells(totals, timeline, span, add);
  return totals;
}

type Add = (lane: number, group: number, action: number, us: number) => void;

function addRuns(totals: Totals, timeline: Timeline, span: Span, add: Add): void {
  const runs = timeline.runs;
  if (!runs) return;
  for (let run = 0; run < runs.key.length; ++run) {
    let begin = Number.POSITIVE_INFINITY;
    for (let i = runs.firstAction[run] ?? 0; i < (runs.firstAction[run + 1] ?? 0); ++i) {
      const from = timeline.from + (runs.startUs[i] ?? 0);
      begin = Math.min(begin, from);
      const us = overlap({ from, to: from + (runs.durationUs[i] ?? 0) }, span);
      add(runs.lane[run] ?? 0, runs.group[run] ?? 0, runs.action[i] ?? 0, us);
    }
    if (begin < span.from || begin >= span.to) continue;
    totals.runs += 1;
    totals.erred += runs.erred[run] ?? 0;
  }
}

function addCells(totals: Totals, timeline: Timeline, span: Span, add: Add): void {
  const cells = timeline.cells;
  if (!cells) return;
  totals.exact = false;
  let runs = 0;
  let erred = 0;
  for (let cell = 0; cell < cells.bucket.length; ++cell) {
    const from = timeline.from + (cells.bucket[cell] ?? 0) * timeline.bucketUs;
    const share = overlap({ from, to: from + timeline.bucketUs }, span) / timeline.bucketUs;
    if (share <= 0) continue;
    runs += share * (cells.spans[cell] ?? 0);
    erred += share * (cells.erred[cell] ?? 0);
    for (let action = 0; action < cells.busyUs.length; ++action) {
      add(cells.lane[cell] ?? 0, cells.group[cell] ?? 0, action, share * (cells.busyUs[action]?.[cell] ?? 0));
    }
  }
  totals.runs += Math.round(runs);
  totals.erred += Math.round(erred);
}
