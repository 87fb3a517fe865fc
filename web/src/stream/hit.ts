import { type Answer, kPageLanes } from "./answers";
import { type Frame, kAxis, type Picture } from "./painter";
import { length } from "./view";

export interface RunHit {
  kind: "run";
  lane: number;
  key: string;
  group: string;
  erred: boolean;
  from: number;
  to: number;
  actions: { action: string; from: number; us: number }[];
}

export interface CellHit {
  kind: "cell";
  lane: number;
  group: string;
  runs: number;
  erred: number;
  from: number;
  to: number;
  busy: { action: string; share: number }[];
}

export type Hit = RunHit | CellHit;

// What is at a place of the picture.
export function hitAt(picture: Picture, frame: Frame, x: number, y: number): Hit | null {
  if (x < frame.left || x > frame.right || y < kAxis) return null;
  const lane = Math.floor((y - kAxis + picture.scroll) / picture.row);
  if (lane < 0 || lane >= picture.answers.lanesTotal) return null;
  const { window } = picture;
  const usPerPixel = length(window) / (frame.right - frame.left);
  const moment = window.from + (x - frame.left) * usPerPixel;
  const answer = picture.answers.at(Math.floor(lane / kPageLanes), moment, window, frame.right - frame.left);
  if (!answer) return null;
  const own = lane - answer.timeline.firstLane;
  return answer.index ? runAt(answer, own, moment, 2 * usPerPixel) : cellAt(answer, own, moment);
}

function runAt(answer: Answer, own: number, moment: number, reach: number): Hit | null {
  const { index, timeline } = answer;
  const runs = timeline.runs;
  const action = index?.nearest(own, moment, reach) ?? null;
  return index && runs && action !== null ? runHit(answer, index.runOf[action] ?? 0) : null;
}

export function runHit(answer: Answer, run: number): RunHit | null {
  const { index, timeline } = answer;
  const runs = timeline.runs;
  if (!runs || !index) return null;
  const actions: RunHit["actions"] = [];
  for (let i = runs.firstAction[run] ?? 0; i < (runs.firstAction[run + 1] ?? 0); ++i) {
    const action = timeline.actions[runs.action[i] ?? 0] ?? "other";
    actions.push({ action, from: index.start(i), us: runs.durationUs[i] ?? 0 });
  }
  return {
    kind: "run",
    lane: timeline.firstLane + (runs.lane[run] ?? 0),
    key: runs.key[run] ?? "",
    group: timeline.groups[runs.group[run] ?? 0] ?? "",
    erred: (runs.erred[run] ?? 0) > 0,
    from: Math.min(...actions.map((action) => action.from)),
    to: Math.max(...actions.map((action) => action.from + action.us)),
    actions,
  };
}

function cellAt(answer: Answer, own: number, moment: number): Hit | null {
  const { timeline } = answer;
  const { cells, bucketUs } = timeline;
  if (!cells) return null;
  const lanes = timeline.lanes.length;
  if (!answer.cellAt) {
    answer.cellAt = new Int32Array(timeline.buckets * lanes).fill(-1);
    for (let i = 0; i < cells.bucket.length; ++i) {
      answer.cellAt[(cells.bucket[i] ?? 0) * lanes + (cells.lane[i] ?? 0)] = i;
    }
  }
  const bucket = Math.floor((moment - timeline.from) / bucketUs);
  const cell = own >= 0 && own < lanes ? (answer.cellAt[bucket * lanes + own] ?? -1) : -1;
  if (cell < 0) return null;
  const from = timeline.from + bucket * bucketUs;
  return {
    kind: "cell",
    lane: timeline.firstLane + own,
    group: timeline.groups[cells.group[cell] ?? 0] ?? "",
    runs: cells.spans[cell] ?? 0,
    erred: cells.erred[cell] ?? 0,
    from,
    to: from + bucketUs,
    busy: timeline.actions
      .map((action, i) => ({ action, share: (cells.busyUs[i]?.[cell] ?? 0) / bucketUs }))
      .filter((action) => action.share > 0),
  };
}
