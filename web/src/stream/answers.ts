import { kAgainMs, mayComeBack } from "../api/client";
import { RunIndex } from "./run_index";
import type { Lane, Timeline, TimelineSource } from "./source";
import { length, overlap, type Span } from "./view";

export const kPageLanes = 64; // of one question
export const kMostWidth = 1024; // buckets of one question
const kKept = 40;
const kDelayMs = 120;
const kPadding = 1 / 16; // asked for on both sides of what is shown
const kCoarse = 1.7; // how much more may have been asked for at once than would be now

export interface Answer {
  page: number;
  asked: Span;
  whole: boolean;
  generation: number;
  timeline: Timeline;
  index: RunIndex | null;
  bitmap: { of: object; row: number; canvas: OffscreenCanvas } | null;
  cellAt: Int32Array | null;
}

// The timelines that were asked for, at several zooms: asks for those that are missing, forgets those not used.
export class Answers {
  bounds: Span | null = null;
  lanesTotal = 0;
  complete = true;
  error: Error | null = null;
  readonly lanes: (Lane | undefined)[] = [];

  private kept: Answer[] = []; // the last used ones at the end
  private generation = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private asking: { page: number; asked: Span; stop: AbortController }[] = [];
  private readonly stopped = new AbortController();

  constructor(
    private readonly source: TimelineSource,
    private readonly width: () => number,
    private readonly changed: () => void,
  ) {}

  get busy(): boolean {
    return this.asking.length > 0;
  }

  close(): void {
    clearTimeout(this.timer);
    clearTimeout(this.again);
    this.stopped.abort();
    for (const question of this.asking) question.stop.abort();
  }

  // Asks for the whole run again: of a running computation there is more than before.
  async refresh(): Promise<void> {
    try {
      const timeline = await this.source.load(
        { width: this.width(), firstLane: 0, lanes: kPageLanes },
        this.stopped.signal,
      );
      this.error = null;
      this.generation += 1;
      if (timeline.lanesTotal !== this.lanesTotal) {
        this.kept = []; // lanes may have got other numbers
        this.lanes.length = 0;
      }
      this.bounds = { from: timeline.from, to: timeline.to };
      this.keep(0, this.bounds, timeline, true);
    } catch (failure) {
      if (this.stopped.signal.aborted) return;
      this.failed(failure as Error);
    }
    this.changed();
  }

  private failed(failure: Error): void {
    this.error = failure;
    clearTimeout(this.again);
    if (mayComeBack(failure)) this.again = setTimeout(() => void this.refresh(), kAgainMs);
  }

  // Tells what is looked at. What is missing is asked for when nothing moved for a moment.
  look(window: Span, pages: number[]): void {
    clearTimeout(this.timer);
    for (const question of this.asking) {
      if (!pages.includes(question.page) || !covers(question.asked, window, this.bounds))
        question.stop.abort();
    }
    const missing = pages.filter((page) => !this.suits(page, window));
    if (missing.length === 0) return;
    this.timer = setTimeout(() => {
      for (const page of missing) void this.ask(page, window);
    }, kDelayMs);
  }

  // What to draw of a page, the coarse first.
  layers(page: number, window: Span, pixels: number): Answer[] {
    const useful = this.kept.filter(
      (answer) =>
        answer.page === page &&
        (answer.whole || (overlap(answer.asked, window) / length(window)) * pixels >= 24) &&
        (answer.whole || answer.index !== null || length(answer.asked) < 40 * length(window)),
    );
    useful.sort((a, b) => length(b.asked) - length(a.asked) || a.generation - b.generation);
    const last = useful.findLastIndex((answer) => covers(answer.asked, window, this.bounds));
    return useful.slice(Math.max(0, last)).slice(-4);
  }

  // The finest one that knows what is at this moment.
  at(page: number, moment: number, window: Span, pixels: number): Answer | null {
    return (
      this.layers(page, window, pixels).findLast(
        (answer) => answer.timeline.from <= moment && moment <= answer.timeline.to,
      ) ?? null
    );
  }

  private suits(page: number, window: Span): boolean {
    const place = this.kept.findLastIndex((answer) => answer.page === page && this.suffices(answer, window));
    if (place < 0) return this.asking.some((q) => q.page === page && covers(q.asked, window, this.bounds));
    this.kept.push(...this.kept.splice(place, 1));
    return true;
  }

  private suffices(answer: Answer, window: Span): boolean {
    if (!covers(answer.asked, window, this.bounds)) return false;
    const open = this.bounds !== null && answer.asked.to + length(window) * kPadding >= this.bounds.to;
    if (open && answer.generation !== this.generation) return false;
    return (
      answer.timeline.runs !== null || length(answer.asked) <= length(window) * (1 + 2 * kPadding) * kCoarse
    );
  }

  private async ask(page: number, window: Span): Promise<void> {
    const bounds = this.bounds;
    if (bounds === null) return;
    const more = length(window) * kPadding;
    const asked = {
      from: Math.floor(Math.max(bounds.from, window.from - more)),
      to: Math.ceil(Math.min(bounds.to, window.to + more)),
    };
    const question = { page, asked, stop: new AbortController() };
    const generation = this.generation;
    this.asking.push(question);
    this.changed();
    try {
      const view = { ...asked, width: this.width(), firstLane: page * kPageLanes, lanes: kPageLanes };
      const timeline = await this.source.load(view, question.stop.signal);
      this.error = null;
      if (timeline.lanesTotal === this.lanesTotal) this.keep(page, asked, timeline, false, generation);
    } catch (failure) {
      if (!question.stop.signal.aborted) this.failed(failure as Error);
    } finally {
      this.asking = this.asking.filter((other) => other !== question);
      this.changed();
    }
  }

  private keep(
    page: number,
    asked: Span,
    timeline: Timeline,
    whole: boolean,
    generation = this.generation,
  ): void {
    this.lanesTotal = timeline.lanesTotal;
    this.complete = timeline.complete;
    timeline.lanes.forEach((lane, i) => {
      this.lanes[timeline.firstLane + i] = lane;
    });
    this.kept = this.kept.filter(
      (old) =>
        !(
          old.page === page &&
          ((whole && old.whole) || (old.asked.from === asked.from && old.asked.to === asked.to))
        ),
    );
    const index = timeline.runs ? new RunIndex(timeline) : null;
    this.kept.push({ page, asked, whole, generation, timeline, index, bitmap: null, cellAt: null });
    if (this.kept.length > kKept) {
      const oldest = this.kept.findIndex((answer) => !answer.whole);
      if (oldest >= 0) this.kept.splice(oldest, 1);
    }
  }
}

// Beyond the bounds there is nothing to know.
export function covers(asked: Span, window: Span, bounds: Span | null): boolean {
  const from = Math.max(window.from, bounds?.from ?? window.from);
  const to = Math.min(window.to, bounds?.to ?? window.to);
  return asked.from <= from + 1 && asked.to >= to - 1;
}
