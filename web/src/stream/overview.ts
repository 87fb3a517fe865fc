import { useEffect, useRef, useState } from "preact/hooks";
import { kAgainMs, mayComeBack } from "../api/client";
import type { Timeline, TimelineSource, TimelineView } from "./source";
import { addTotals, noTotals, type Totals } from "./totals";
import type { Span } from "./view";

// The hub's work for a question hardly depends on how many lanes it is about, and the bytes of its answer on lanes times
// width: what does not fit into the first question is asked for in few that are coarse.
const kFirst = { lanes: 128, width: 512 };
const kMostLanes = 512; // of one question
const kMostWidth = 256;
const kMostCells = 65_536;
const kMostQuestions = 33;

export interface Overview {
  span: Span;
  timelines: Timeline[];
  totals: Totals;
  lanesTotal: number;
  complete: boolean;
}

type Part = Pick<TimelineView, "from" | "to">; // without them: the whole run

// All lanes of a part. Of more than sixteen thousand lanes, the first sixteen thousand.
export async function loadOverview(
  source: TimelineSource,
  part: Part,
  signal: AbortSignal,
): Promise<Overview> {
  const first = await source.load({ ...part, ...kFirst, firstLane: 0 }, signal);
  const timelines = [first];
  const rest = first.lanesTotal - kFirst.lanes;
  const lanes = Math.min(kMostLanes, rest);
  const width = Math.min(kMostWidth, Math.floor(kMostCells / lanes));
  for (let firstLane = kFirst.lanes; firstLane < first.lanesTotal; firstLane += lanes) {
    if (timelines.length === kMostQuestions) break;
    timelines.push(await source.load({ ...part, width, firstLane, lanes }, signal));
  }
  const span = { from: part.from ?? first.from, to: part.to ?? first.to };
  return {
    span,
    timelines,
    totals: timelines.reduce((totals, timeline) => addTotals(totals, timeline, span), noTotals()),
    lanesTotal: first.lanesTotal,
    complete: timelines.every((timeline) => timeline.complete),
  };
}

// Without a part, nothing is asked for. A new revision waits for the overview that is under way: one that changes all the
// time would never be there otherwise.
export function useOverview(source: TimelineSource, part: Part | null, revision: number): Overview | null {
  const [overview, setOverview] = useState<Overview | null>(null);
  const load = useRef<() => void>(() => undefined);
  const wanted = part !== null;
  const from = part?.from;
  const to = part?.to;
  useEffect(() => {
    if (!wanted) return;
    const stop = new AbortController();
    let busy = false;
    let stale = false;
    load.current = async () => {
      stale = true;
      if (busy) return;
      busy = true;
      while (stale && !stop.signal.aborted) {
        stale = false;
        await loadOverview(source, { from, to }, stop.signal).then(
          (loaded) => !stop.signal.aborted && setOverview(loaded),
          async (failure) => {
            if (stop.signal.aborted || !mayComeBack(failure)) return; // the stream itself tells why
            stale = true;
            await new Promise((resolve) => setTimeout(resolve, kAgainMs));
          },
        );
      }
      busy = false;
    };
    return () => {
      stop.abort();
      load.current = () => undefined;
    };
  }, [source, wanted, from, to]);
  useEffect(() => load.current(), [source, wanted, from, to, revision]);
  return overview;
}
