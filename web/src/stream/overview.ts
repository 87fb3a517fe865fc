import { useEffect, useState } from "preact/hooks";
import type { Timeline, TimelineSource, TimelineView } from "./source";
import { addTotals, noTotals, type Totals } from "./totals";
import type { Span } from "./view";

const kPageLanes = 128; // of one question
const kMostPages = 8;

export interface Overview {
  span: Span;
  timelines: Timeline[];
  totals: Totals;
  lanesTotal: number;
  complete: boolean;
}

type Part = Pick<TimelineView, "from" | "to">; // without them: the whole run

// All lanes of a part. Of more than a thousand lanes, the first thousand.
export async function loadOverview(
  source: TimelineSource,
  part: Part,
  signal: AbortSignal,
): Promise<Overview> {
  const ask = (page: number, width: number) =>
    source.load({ ...part, width, firstLane: page * kPageLanes, lanes: kPageLanes }, signal);
  const first = await ask(0, 512);
  const timelines = [first];
  const pages = Math.min(kMostPages, Math.ceil(first.lanesTotal / kPageLanes));
  for (let page = 1; page < pages; ++page) timelines.push(await ask(page, 256));
  const span = { from: part.from ?? first.from, to: part.to ?? first.to };
  return {
    span,
    timelines,
    totals: timelines.reduce((totals, timeline) => addTotals(totals, timeline, span), noTotals()),
    lanesTotal: first.lanesTotal,
    complete: timelines.every((timeline) => timeline.complete),
  };
}

// Without a part, nothing is asked for.
export function useOverview(source: TimelineSource, part: Part | null, revision: number): Overview | null {
  const [overview, setOverview] = useState<Overview | null>(null);
  const wanted = part !== null;
  const from = part?.from;
  const to = part?.to;
  useEffect(() => {
    if (!wanted) return;
    const stop = new AbortController();
    loadOverview(source, { from, to }, stop.signal).then(
      (loaded) => !stop.signal.aborted && setOverview(loaded),
      () => undefined, // the stream itself tells why
    );
    return () => stop.abort();
  }, [source, wanted, from, to, revision]);
  return overview;
}
