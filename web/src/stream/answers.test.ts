import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Answers, covers } from "./answers";
import type { Timeline, TimelineSource, TimelineView } from "./source";

const kBounds = { from: 0, to: 1_000_000 };

// Answers with cells, whatever it is asked for.
class Source implements TimelineSource {
  readonly asked: TimelineView[] = [];
  readonly signals: (AbortSignal | undefined)[] = [];

  async load(view: TimelineView, signal?: AbortSignal): Promise<Timeline> {
    this.asked.push(view);
    this.signals.push(signal);
    const from = view.from ?? kBounds.from;
    const to = view.to ?? kBounds.to;
    const none = { bucket: [], lane: [], spans: [], erred: [], group: [], busyUs: [] };
    const lanes = [{ worker: "a", name: null, thread: 1 }];
    const names = { lanes, groups: [], actions: [], firstLane: view.firstLane, lanesTotal: 1 };
    return {
      from,
      to,
      bucketUs: 1000,
      buckets: (to - from) / 1000,
      complete: true,
      ...names,
      cells: none,
      runs: null,
    };
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function ready() {
  const source = new Source();
  const answers = new Answers(
    source,
    () => 1000,
    () => undefined,
  );
  await answers.refresh();
  return { source, answers };
}

test("the whole run is asked for once, and suffices for what is a little nearer", async () => {
  const { source, answers } = await ready();
  expect(answers.bounds).toEqual(kBounds);
  answers.look({ from: 100_000, to: 900_000 }, [0]);
  await vi.advanceTimersByTimeAsync(500);
  expect(source.asked.length).toBe(1);
});

test("only where a zoom comes to rest is asked for, with some room", async () => {
  const { source, answers } = await ready();
  for (const to of [500_000, 300_000, 180_000]) answers.look({ from: 100_000, to }, [0]);
  await vi.advanceTimersByTimeAsync(500);
  expect(source.asked.slice(1)).toMatchObject([{ from: 95_000, to: 185_000, width: 1000, firstLane: 0 }]);
  answers.look({ from: 98_000, to: 178_000 }, [0]);
  await vi.advanceTimersByTimeAsync(500);
  expect(source.asked.length).toBe(2);
  expect(answers.layers(0, { from: 100_000, to: 180_000 }, 1000).at(-1)?.asked.from).toBe(95_000);
});

test("what is no longer looked at is not waited for", async () => {
  const { source, answers } = await ready();
  answers.look({ from: 100_000, to: 110_000 }, [0]);
  vi.advanceTimersByTime(130);
  expect(source.asked.length).toBe(2);
  answers.look({ from: 700_000, to: 710_000 }, [0]);
  expect(source.signals[1]?.aborted).toBe(true);
});

test("the end of a run that goes on is asked for again", async () => {
  const { source, answers } = await ready();
  const end = { from: 900_000, to: 1_000_000 };
  answers.look(end, [0]);
  await vi.advanceTimersByTimeAsync(500);
  await answers.refresh();
  answers.look(end, [0]);
  await vi.advanceTimersByTimeAsync(500);
  expect(source.asked.filter((view) => view.from === 893_750).length).toBe(2);
});

test("beyond the bounds there is nothing to know", () => {
  expect(covers({ from: 0, to: 50 }, { from: -10, to: 60 }, { from: 0, to: 50 })).toBe(true);
  expect(covers({ from: 0, to: 50 }, { from: -10, to: 60 }, null)).toBe(false);
});
