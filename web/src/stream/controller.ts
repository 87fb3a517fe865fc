import { Answers, kMostWidth, kPageLanes } from "./answers";
import type { Rgb } from "./colours";
import { type Hit, hitAt } from "./hit";
import type { Ink } from "./ink";
import { type Frame, frameOf, kAxis, Painter, type Picture, visibleLanes } from "./painter";
import type { TimelineSource } from "./source";
import { around, length, pan, type Span, same, within, zoom } from "./view";

export const kMostHeight = 520;

export interface Look {
  ink: Ink;
  colourOf: (group: string) => Rgb;
  labelOf: (key: string, group: string) => string;
}

export interface Shown {
  window: Span;
  bounds: Span;
  lanesTotal: number;
  complete: boolean;
  busy: boolean;
  error: Error | null;
  asRuns: boolean;
  height: number;
  content: number; // height of all lanes and the axis
}

// What the task stream shows and how that changes. Draws when something changed, and only then.
export class Controller {
  readonly answers: Answers;
  frame: Frame = frameOf(800, 200);
  private readonly painter: Painter;
  private readonly picture: Picture;
  private look: Look | null = null;
  private due = 0;
  private following = true; // shows the whole run, however long it gets
  private wanted: Span | null = null; // to be shown when the bounds are known
  private told = "";

  constructor(
    source: TimelineSource,
    canvas: HTMLCanvasElement,
    private readonly tell: (shown: Shown) => void,
  ) {
    this.painter = new Painter(canvas);
    this.answers = new Answers(
      source,
      () => this.questionWidth(),
      () => this.arrived(),
    );
    this.picture = {
      answers: this.answers,
      window: { from: 0, to: 1 },
      zero: 0,
      scroll: 0,
      row: 16,
      selection: null,
      brush: null,
      laneIdle: [],
      pinned: null,
      hovered: null,
      colourOf: () => [128, 128, 128],
      labelOf: (key) => key,
    };
  }

  close(): void {
    cancelAnimationFrame(this.due);
    this.answers.close();
  }

  get window(): Span {
    return this.picture.window;
  }

  get ready(): boolean {
    return this.answers.bounds !== null;
  }

  set(change: Partial<Picture>): void {
    Object.assign(this.picture, change);
    this.invalidate();
  }

  setLook(look: Look): void {
    this.look = look;
    this.set({ colourOf: look.colourOf, labelOf: look.labelOf });
  }

  resize(width: number): void {
    this.frame = frameOf(width, this.frame.height);
    this.layOut();
    this.invalidate();
  }

  show(window: Span): void {
    const { bounds } = this.answers;
    if (!bounds) {
      this.wanted = window;
      return;
    }
    const next = within(window, bounds);
    this.following = same(next, bounds);
    if (same(next, this.picture.window)) return;
    this.set({ window: next, hovered: null });
    this.ask();
  }

  zoomAt(x: number, factor: number): void {
    const { bounds } = this.answers;
    if (bounds) this.show(zoom(this.window, this.moment(x), factor, bounds));
  }

  panBy(pixels: number): void {
    const { bounds } = this.answers;
    const us = (pixels * length(this.window)) / (this.frame.right - this.frame.left);
    if (bounds) this.show(pan(this.window, us, bounds));
  }

  reset(): void {
    if (this.answers.bounds) this.show(this.answers.bounds);
  }

  showPart(part: Span, room?: number): void {
    const { bounds } = this.answers;
    if (bounds) this.show(around(part, bounds, room));
    else this.wanted = { from: part.from - length(part) / 2, to: part.to + length(part) / 2 };
  }

  scrollTo(scroll: number): void {
    this.set({ scroll });
    this.ask();
  }

  // How far to scroll so that a lane is to be seen.
  scrollFor(lane: number): number {
    const { row, scroll } = this.picture;
    const room = this.frame.height - kAxis;
    if (lane * row >= scroll && (lane + 1) * row <= scroll + room) return scroll;
    return Math.max(0, lane * row - room / 2);
  }

  moment(x: number): number {
    return (
      this.window.from + ((x - this.frame.left) / (this.frame.right - this.frame.left)) * length(this.window)
    );
  }

  place(moment: number): number {
    return (
      this.frame.left +
      ((moment - this.window.from) / length(this.window)) * (this.frame.right - this.frame.left)
    );
  }

  top(lane: number): number {
    return kAxis + lane * this.picture.row - this.picture.scroll;
  }

  hit(x: number, y: number): Hit | null {
    return hitAt(this.picture, this.frame, x, y);
  }

  invalidate(): void {
    if (this.due !== 0) return;
    this.due = requestAnimationFrame(() => {
      this.due = 0;
      if (!this.look || !this.ready) return;
      this.painter.paint(this.picture, this.look.ink, this.frame, devicePixelRatio || 1);
      this.announce();
    });
  }

  private arrived(): void {
    const { bounds, lanesTotal } = this.answers;
    if (bounds) {
      this.picture.zero = bounds.from;
      if (lanesTotal > 0) this.layOut();
      if (this.wanted) {
        this.picture.window = within(this.wanted, bounds);
        this.following = same(this.picture.window, bounds);
        this.wanted = null;
      } else if (this.following) this.picture.window = { ...bounds };
      else this.picture.window = within(this.picture.window, bounds);
      if (!this.answers.busy) this.ask();
    }
    this.invalidate();
    if (!this.ready) this.announce();
  }

  private ask(): void {
    const [first, last] = visibleLanes(this.picture, this.frame);
    const pages: number[] = [];
    for (let page = Math.floor(first / kPageLanes); page * kPageLanes < last; ++page) pages.push(page);
    this.answers.look(this.window, pages);
  }

  private layOut(): void {
    const lanes = Math.max(1, this.answers.lanesTotal);
    const row = Math.max(8, Math.min(26, Math.floor((kMostHeight - kAxis) / lanes)));
    this.picture.row = row;
    this.frame = frameOf(this.frame.width, Math.min(kMostHeight, kAxis + lanes * row));
  }

  private questionWidth(): number {
    const pixels = (this.frame.right - this.frame.left) * (devicePixelRatio || 1);
    return Math.max(128, Math.min(kMostWidth, Math.round(pixels / 64) * 64));
  }

  private announce(): void {
    const { answers, window } = this;
    const plot = this.frame.right - this.frame.left;
    const page = Math.floor(this.picture.scroll / this.picture.row / kPageLanes);
    const shown: Shown = {
      window,
      bounds: answers.bounds ?? window,
      lanesTotal: answers.lanesTotal,
      complete: answers.complete,
      busy: answers.busy,
      error: answers.error,
      asRuns: answers.layers(page, window, plot).at(-1)?.index != null,
      height: this.frame.height,
      content: kAxis + answers.lanesTotal * this.picture.row,
    };
    const told = JSON.stringify({ ...shown, error: shown.error?.message });
    if (told === this.told) return;
    this.told = told;
    this.tell(shown);
  }
}
