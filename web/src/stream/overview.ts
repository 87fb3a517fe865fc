import { useEffect, useState } from "preact/hooks";
import { kPageLanes } from "./answers";
import type { Timeline, TimelineSource } from "./source";
import { addTotals, noTotals, type Totals } from "./totals";
import type { Span } from "./view";

const kMostPages = 8;

export interface Overview {
  span: Span;
  timelines: Timeline[];
  totals: Totals;
  lanesTotal: number;
  complete: boolean;
}

// All lanes, between two moments or over the whole run. Of more than a thousand lanes, the first thousand.
export async function loadOverview(
  source: TimelineSource,
  span: Span | null,
  signal: AbortSignal,
): Promise<Overview> {
  const ask = (page: number, width: number) =>
    source.load({ ...span, width, firstLane: page * kPageLanes, lanes: kPageLanes }, signal);
  const first = await ask(0, 512);
  const timelines = [first];
  const pages = Math.min(kMostPages, Math.ceil(first.lanesTotal / kPageLanes));
  for (let page = 1; page < pages; ++page) timelines.push(await ask(page, 256));
  const whole = span ?? { from: first.from, to: first.to };
  return {
    span: whole,
    timelines,
    totals: timelines.reduce((totals, timeline) => addTotals(totals, timeline, whole), noTotals()),
    lanesTotal: first.lanesTotal,
    complete: timelines.every((timeline) => timeline.complete),
  };
}

export function useOverview(source: TimelineSource, span: Span | null, revision: number): Overview | null {
  const [overview, setOverview] = useState<Overview | null>(null);
  const from = span?.from;
  const to = span?.to;
  useEffect(() => {
    const stop = new AbortController();
    const part = from === undefined || to === undefined ? null : { from, to };
    loadOverview(source, part, stop.signal).then(
      (loaded) => !stop.signal.aborted && setOverview(loaded),
      () => undefined, // the stream itself tells why
    );
    return () => stop.abort();
  }, [source, from, to, revision]);
  return overview;
}
