import { expect, test } from "vitest";
import { loadOverview } from "./overview";
import type { Timeline, TimelineSource, TimelineView } from "./source";

// Lanes in which nothing ran, and what was asked.
function emptyLanes(lanesTotal: number) {
  const asked: TimelineView[] = [];
  const source: TimelineSource = {
    async load(view): Promise<Timeline> {
      asked.push(view);
      const lanes = Array.from(
        { length: Math.max(0, Math.min(view.lanes, lanesTotal - view.firstLane)) },
        () => ({
          worker: null,
          thread: 0,
          name: null,
        }),
      );
      return {
        ...{ from: 0, to: 1000, bucketUs: 10, buckets: 100, complete: true, lanesTotal, lanes },
        ...{ firstLane: view.firstLane, groups: [], actions: [], cells: null, runs: null },
      };
    },
  };
  return { source, asked };
}

const signal = new AbortController().signal;

for (const threads of [0, 1, 128, 129, 256, 1024, 1500, 10_000]) {
  test(`${threads} threads are all there, each once`, async () => {
    const { source, asked } = emptyLanes(threads);
    const { totals, lanesTotal } = await loadOverview(source, {}, signal);
    expect(totals.lanes).toBe(threads);
    expect(lanesTotal).toBe(threads);
    expect(asked.length).toBeLessThanOrEqual(2 + threads / 512);
    for (const { width, lanes } of asked) expect(width * lanes).toBeLessThanOrEqual(65_536);
  });
}

test("of very many threads, the first", async () => {
  const { source, asked } = emptyLanes(1_000_000);
  expect((await loadOverview(source, {}, signal)).totals.lanes).toBe(128 + 32 * 512);
  expect(asked.length).toBe(33);
});
