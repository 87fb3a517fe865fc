import { type Answer, type Answers, kPageLanes } from "./answers";
import { drawCells } from "./cell_bitmap";
import { css, luminance, mix, type Rgb } from "./colours";
import { actionInk, type Ink } from "./ink";
import { laneLabel } from "./labels";
import { length, type Span, ticks } from "./view";

export interface Picture {
  answers: Answers;
  window: Span;
  zero: number; // where the axis begins to count
  scroll: number; // pixels of lanes above
  row: number; // height of a lane
  selection: Span | null;
  brush: Span | null;
  laneIdle: (number | null)[]; // share
  pinned: { lane: number; from: number; to: number } | null;
  hovered: { lane: number; from: number; to: number } | null;
  colourOf: (group: string) => Rgb;
  labelOf: (key: string, group: string) => string;
}

export const kAxis = 24;

export interface Frame {
  width: number;
  height: number;
  left: number; // of the plot
  right: number;
}

export function frameOf(width: number, height: number): Frame {
  const narrow = width < 620;
  return { width, height, left: narrow ? 58 : 116, right: width - (narrow ? 40 : 62) };
}

// Draws one frame of the task stream. Only what is to be seen is touched.
export class Painter {
  private hatch: { of: Ink; pattern: CanvasPattern | null } | null = null;

  constructor(private readonly canvas: HTMLCanvasElement) {}

  paint(picture: Picture, ink: Ink, frame: Frame, ratio: number): void {
    const context = this.canvas.getContext("2d", { alpha: false });
    if (!context) return;
    const [width, height] = [Math.round(frame.width * ratio), Math.round(frame.height * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = css(ink.surface);
    context.fillRect(0, 0, frame.width, frame.height);
    context.save();
    context.beginPath();
    context.rect(frame.left, kAxis, frame.right - frame.left, frame.height - kAxis);
    context.clip();
    this.lanes(context, picture, ink, frame, ratio);
    this.marks(context, picture, ink, frame);
    context.restore();
    this.axis(context, picture, ink, frame);
    this.sides(context, picture, ink, frame);
  }

  private lanes(
    context: CanvasRenderingContext2D,
    picture: Picture,
    ink: Ink,
    frame: Frame,
    ratio: number,
  ): void {
    const { answers, window, scroll, row } = picture;
    const plot = frame.right - frame.left;
    const [first, last] = visibleLanes(picture, frame);
    context.fillStyle = css(ink.lane);
    for (let lane = first; lane < last; ++lane) {
      context.fillRect(frame.left, kAxis + lane * row - scroll, plot, row - (row > 4 ? 1 : 0));
    }
    for (let page = Math.floor(first / kPageLanes); page * kPageLanes < last; ++page) {
      for (const answer of answers.layers(page, window, plot)) {
        if (answer.index) this.runs(context, answer, picture, ink, frame);
        else this.cells(context, answer, picture, ink, frame, ratio);
      }
    }
  }

  private cells(
    context: CanvasRenderingContext2D,
    answer: Answer,
    picture: Picture,
    ink: Ink,
    frame: Frame,
    ratio: number,
  ): void {
    const { timeline } = answer;
    const row = Math.max(1, Math.round(picture.row * ratio));
    if (answer.bitmap?.of !== picture.colourOf || answer.bitmap.row !== row) {
      const canvas = drawCells(timeline, row, ink, picture.colourOf);
      answer.bitmap = { of: picture.colourOf, row, canvas };
    }
    const { window } = picture;
    const bucket = timeline.bucketUs;
    const begin = Math.max(0, Math.floor((window.from - timeline.from) / bucket));
    const end = Math.min(timeline.buckets, Math.ceil((window.to - timeline.from) / bucket));
    if (end <= begin) return;
    const scale = (frame.right - frame.left) / length(window);
    const x = frame.left + (timeline.from + begin * bucket - window.from) * scale;
    const width = (end - begin) * bucket * scale;
    const top = kAxis + timeline.firstLane * picture.row - picture.scroll;
    const above = Math.max(0, Math.floor((kAxis - top) / picture.row));
    const below = Math.min(timeline.lanes.length, Math.ceil((frame.height - top) / picture.row));
    if (below <= above) return;
    context.imageSmoothingEnabled = width * ratio < end - begin;
    context.drawImage(
      answer.bitmap.canvas,
      begin,
      above * row,
      end - begin,
      (below - above) * row,
      x,
      top + above * picture.row,
      width,
      (below - above) * picture.row,
    );
  }

  private runs(
    context: CanvasRenderingContext2D,
    answer: Answer,
    picture: Picture,
    ink: Ink,
    frame: Frame,
  ): void {
    const { timeline, index } = answer;
    const runs = timeline.runs;
    if (!runs || !index) return;
    const { window, row, scroll } = picture;
    const scale = (frame.right - frame.left) / length(window);
    const [first, last] = visibleLanes(picture, frame);
    const room = row - (row > 4 ? 1 : 0);
    const own = timeline.groups.map(picture.colourOf);
    const fills = own.map(css);
    const special = timeline.actions.map((action) => actionInk(ink, action));
    const letters = row >= 13;
    const from = Math.max(window.from, timeline.from);
    const to = Math.min(window.to, timeline.to);
    const left = frame.left + (from - window.from) * scale;
    const right = frame.left + (to - window.from) * scale;
    const hatch = this.transferHatch(context, ink);
    context.save();
    context.beginPath();
    context.rect(left, kAxis, right - left, frame.height - kAxis);
    context.clip();
    context.font = `11px ${ink.sans}`;
    context.textBaseline = "middle";
    for (let i = 0; i < timeline.lanes.length; ++i) {
      const lane = timeline.firstLane + i;
      if (lane < first || lane >= last) continue;
      const y = kAxis + lane * row - scroll;
      context.fillStyle = css(ink.lane);
      context.fillRect(left, y, right - left, room);
      let fill = "";
      const draw = (action: number) => {
        const run = index.runOf[action] ?? 0;
        const group = runs.group[run] ?? 0;
        const begin = frame.left + (index.start(action) - window.from) * scale;
        const wide = (runs.durationUs[action] ?? 0) * scale;
        const x = Math.max(begin, left - 8);
        const width = Math.max(Math.min(begin + wide, right + 8) - x - (wide > 5 ? 1 : 0), 0.7);
        const which = runs.action[action] ?? 0;
        const colour = special[which] ?? null;
        const bad = colour === null && (runs.erred[run] ?? 0) > 0;
        const wanted = bad ? css(ink.erred) : colour ? css(colour) : (fills[group] ?? "");
        if (wanted !== fill) {
          fill = wanted;
          context.fillStyle = wanted;
        }
        context.fillRect(x, y, width, room);
        if (bad && width > 3) {
          context.strokeStyle = css(ink.bad);
          context.lineWidth = 2;
          context.strokeRect(x + 1, y + 1, width - 2, room - 2);
        }
        if (timeline.actions[which] === "transfer" && width > 5 && hatch) {
          context.fillStyle = hatch;
          context.fillRect(x, y, width, room);
          fill = "";
        }
        if (letters && colour === null && width > 34) {
          const back = bad ? ink.erred : (own[group] ?? ink.lane);
          const label = picture.labelOf(runs.key[run] ?? "", timeline.groups[group] ?? "");
          const fits = (width - 8) / context.measureText(label).width;
          const most = Math.floor(label.length * fits) - 1;
          context.fillStyle = luminance(back) > 0.3 ? "#0b1118" : "#ffffff";
          context.fillText(
            fits < 1 ? `${label.slice(0, Math.max(most, 0))}…` : label,
            x + 4,
            y + room / 2 + 0.5,
          );
          fill = "";
        }
      };
      // A task's data may be fetched while another one computes: what computes is drawn over it.
      const isCompute = (action: number) => special[runs.action[action] ?? 0] === null;
      index.each(i, from, to, (action) => isCompute(action) || draw(action));
      index.each(i, from, to, (action) => isCompute(action) && draw(action));
    }
    context.restore();
  }

  private transferHatch(context: CanvasRenderingContext2D, ink: Ink): CanvasPattern | null {
    if (this.hatch?.of === ink) return this.hatch.pattern;
    const tile = new OffscreenCanvas(6, 6);
    const draw = tile.getContext("2d");
    if (draw) {
      draw.strokeStyle = css(mix(ink.transfer, ink.surface, 0.55));
      draw.lineWidth = 1.5;
      draw.beginPath();
      for (const shift of [-6, 0, 6]) {
        draw.moveTo(shift, 6);
        draw.lineTo(shift + 6, 0);
      }
      draw.stroke();
    }
    this.hatch = { of: ink, pattern: context.createPattern(tile, "repeat") };
    return this.hatch.pattern;
  }

  private marks(context: CanvasRenderingContext2D, picture: Picture, ink: Ink, frame: Frame): void {
    const scale = (frame.right - frame.left) / length(picture.window);
    const x = (us: number) => frame.left + (us - picture.window.from) * scale;
    for (const span of [picture.selection, picture.brush]) {
      if (!span) continue;
      const [red, green, blue] = ink.accent;
      context.fillStyle = `rgb(${red} ${green} ${blue} / 16%)`;
      context.fillRect(x(span.from), kAxis, x(span.to) - x(span.from), frame.height - kAxis);
      context.fillStyle = css(ink.accent);
      context.fillRect(x(span.from), kAxis, 1.5, frame.height - kAxis);
      context.fillRect(x(span.to) - 1.5, kAxis, 1.5, frame.height - kAxis);
    }
    for (const [mark, wide] of [
      [picture.hovered, 1.5],
      [picture.pinned, 2.5],
    ] as const) {
      if (!mark) continue;
      const y = kAxis + mark.lane * picture.row - picture.scroll;
      context.strokeStyle = css(ink.text);
      context.lineWidth = wide;
      const left = Math.max(x(mark.from), frame.left - 4);
      const right = Math.min(x(mark.to), frame.right + 4);
      context.strokeRect(left - 0.5, y - 0.5, Math.max(right - left, 2) + 1, picture.row);
    }
  }

  private axis(context: CanvasRenderingContext2D, picture: Picture, ink: Ink, frame: Frame): void {
    const scale = (frame.right - frame.left) / length(picture.window);
    context.font = `11px ${ink.sans}`;
    context.textBaseline = "middle";
    context.textAlign = "left";
    for (const tick of ticks(picture.window, picture.zero, (frame.right - frame.left) / 92)) {
      const x = frame.left + (tick.at - picture.window.from) * scale;
      context.fillStyle = css(ink.line);
      context.fillRect(Math.round(x), 6, 1, kAxis - 6);
      if (x + 40 > frame.right) continue;
      context.fillStyle = css(ink.muted);
      context.fillText(tick.label, Math.round(x) + 4, kAxis / 2 + 1);
    }
    context.fillStyle = css(ink.line);
    context.fillRect(frame.left, kAxis - 1, frame.right - frame.left, 1);
    context.fillStyle = css(ink.muted);
    context.fillText("idle", frame.right + 8, kAxis / 2 + 1);
  }

  private sides(context: CanvasRenderingContext2D, picture: Picture, ink: Ink, frame: Frame): void {
    const { answers, row, scroll } = picture;
    const [first, last] = visibleLanes(picture, frame);
    context.save();
    context.beginPath();
    context.rect(0, kAxis, frame.width, frame.height - kAxis);
    context.clip();
    context.font = `11px ${ink.sans}`;
    context.textBaseline = "middle";
    let free = Number.NEGATIVE_INFINITY; // where the next label has room
    const narrow = frame.left < 100;
    for (let lane = first; lane < last; ++lane) {
      const y = kAxis + lane * row - scroll;
      const { worker, thread } = laneLabel(answers.lanes, lane);
      const middle = Math.max(y + row / 2, kAxis + 6);
      if (middle - 6 >= free && (row >= 12 || thread === 0 || lane === first)) {
        context.textAlign = "right";
        context.fillStyle = css(ink.muted);
        const most = narrow ? 7 : 16;
        const name = worker.length > most ? `…${worker.slice(1 - most)}` : worker;
        context.fillText(row >= 12 ? `${name} · ${thread}` : name, frame.left - 7, middle);
        free = middle + 6;
      }
      const idle = picture.laneIdle[lane];
      if (idle === null || idle === undefined) continue;
      const room = frame.width - frame.right - 8;
      context.fillStyle = css(ink.lane);
      context.fillRect(frame.right + 6, y, room, row - (row > 4 ? 1 : 0));
      context.fillStyle = css(mix(ink.muted, ink.surface, 0.45));
      context.fillRect(frame.right + 6, y, room * idle, row - (row > 4 ? 1 : 0));
      if (row < 12) continue;
      context.textAlign = "left";
      context.fillStyle = css(ink.text);
      context.fillText(`${Math.round(idle * 100)} %`, frame.right + 10, middle);
    }
    context.textAlign = "left";
    context.restore();
  }
}

export function visibleLanes(picture: Picture, frame: Frame): [number, number] {
  const first = Math.max(0, Math.floor(picture.scroll / picture.row));
  const last = Math.ceil((picture.scroll + frame.height - kAxis) / picture.row);
  return [first, Math.min(picture.answers.lanesTotal, last)];
}
