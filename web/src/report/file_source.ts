import type { Lane, Timeline, TimelineSource, TimelineView } from "../stream/source";
import type { Index } from "./contents";
import { merge, type Source } from "./merge";
import { chooseParts, type Piece, wholesOf } from "./pieces";

const kKept = 96; // decoded pieces

// The timeline that is inside a report, piece by piece.
export class FileSource implements TimelineSource {
  private readonly wholes: Piece[];
  private readonly read = new Map<number, Promise<Timeline>>();

  constructor(
    private readonly index: Index,
    private readonly readPiece: (number: number) => Promise<Timeline>,
  ) {
    this.wholes = wholesOf(index.pieces);
  }

  async load(view: TimelineView, signal?: AbortSignal): Promise<Timeline> {
    const wholeFrom = Math.min(...this.wholes.map((piece) => piece.from));
    const wholeTo = Math.max(...this.wholes.map((piece) => piece.to));
    const from = Math.round(view.from ?? wholeFrom);
    const to = Math.max(from + 1, Math.round(view.to ?? wholeTo));
    const last = view.firstLane + view.lanes;
    const lanes: Lane[] = [];
    const sources: Source[] = [];
    for (const whole of this.wholes) {
      if (whole.firstLane >= last || whole.firstLane + whole.lanes <= view.firstLane) continue;
      const { lanes: ofWhole } = await this.timeline(whole.number);
      lanes.push(...ofWhole.slice(Math.max(0, view.firstLane - whole.firstLane), last - whole.firstLane));
      const parts = chooseParts(whole, from, to, (to - from) / view.width);
      const read = await Promise.all(
        parts.map(async (part) => ({
          timeline: await this.timeline(part.piece.number),
          from: part.from,
          to: part.to,
        })),
      );
      signal?.throwIfAborted();
      sources.push(...read);
    }
    const { width, firstLane } = view;
    return merge(sources, { from, to, width, firstLane, lanes, lanesTotal: this.index.lanes_inside });
  }

  private timeline(number: number): Promise<Timeline> {
    const known = this.read.get(number) ?? this.readPiece(number);
    this.read.delete(number); // the one that was wanted last goes last
    this.read.set(number, known);
    for (const oldest of this.read.keys()) {
      if (this.read.size <= kKept) break;
      this.read.delete(oldest);
    }
    return known;
  }
}
