import type { Span } from "../api/types";
import type { Timeline } from "../stream/source";
import type { Index } from "./contents";

const kHits = 50;

// Looks for runs by a part of their key, in all pieces that have runs one by one.
export async function searchRuns(
  index: Index,
  readPiece: (number: number) => Promise<Timeline>,
  text: string,
): Promise<{ spans: Span[]; more: boolean }> {
  const wanted = text.toLowerCase();
  const spans: Span[] = [];
  for (const [number, [, from, to, bucketUs]] of index.pieces.entries()) {
    if (bucketUs > 0) continue;
    for (const span of runsOf(await readPiece(number), wanted, from, to)) {
      if (spans.length === kHits) return { spans, more: true };
      spans.push(span);
    }
  }
  return { spans, more: false };
}

// Those that begin in this time: a run that goes on is in the next piece as well.
function* runsOf(timeline: Timeline, wanted: string, from: number, to: number): Generator<Span> {
  const { runs } = timeline;
  if (runs === null) return;
  for (const [run, key] of runs.key.entries()) {
    if (!key.toLowerCase().includes(wanted)) continue;
    const actions: Span["actions"] = [];
    for (let i = runs.firstAction[run] ?? 0; i < (runs.firstAction[run + 1] ?? 0); ++i) {
      const start = timeline.from + (runs.startUs[i] ?? 0);
      const action = timeline.actions[runs.action[i] ?? 0] ?? "";
      actions.push({ action, start_us: start, stop_us: start + (runs.durationUs[i] ?? 0) });
    }
    const start = Math.min(...actions.map((action) => action.start_us));
    if (start < from || start >= to) continue;
    const lane = timeline.lanes[runs.lane[run] ?? 0];
    yield {
      key,
      actions,
      group: timeline.groups[runs.group[run] ?? 0] ?? "",
      worker: lane?.worker ?? null,
      thread: lane?.thread ?? 0,
      status: runs.erred[run] ? "erred" : "memory",
      nbytes: null,
      type: null,
    };
  }
}
