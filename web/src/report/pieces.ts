import type { Micros } from "../api/types";
import type { PieceEntry } from "./contents";

export interface Piece {
  number: number;
  from: Micros;
  to: Micros;
  bucketUs: Micros; // 0: it has runs
  firstLane: number;
  lanes: number;
  parts: Piece[]; // by time; some may be missing
}

// A piece, of which only this time is needed.
export interface Part {
  piece: Piece;
  from: Micros;
  to: Micros;
}

// The pieces that have no parent, by their lanes.
export function wholesOf(entries: PieceEntry[]): Piece[] {
  const pieces = entries.map(
    ([, from, to, bucketUs, firstLane, lanes], number): Piece => ({
      number,
      from,
      to,
      bucketUs,
      firstLane,
      lanes,
      parts: [],
    }),
  );
  const wholes: Piece[] = [];
  for (const [number, piece] of pieces.entries()) {
    const parent = pieces[entries[number]?.[0] ?? -1];
    (parent?.parts ?? wholes).push(piece);
  }
  for (const piece of pieces) piece.parts.sort((a, b) => a.from - b.from);
  return wholes.sort((a, b) => a.firstLane - b.firstLane);
}

// The coarsest parts that show all there is in this time, or at least buckets of about `bucketUs`. They follow one
// another without a gap.
export function chooseParts(piece: Piece, from: Micros, to: Micros, bucketUs: Micros): Part[] {
  const first = Math.max(from, piece.from);
  const last = Math.min(to, piece.to);
  if (first >= last) return [];
  if (piece.bucketUs <= 2 * bucketUs || piece.parts.length === 0) return [{ piece, from: first, to: last }];
  const chosen: Part[] = [];
  let at = first;
  for (const part of piece.parts) {
    if (part.to <= at || part.from >= last) continue;
    if (part.from > at) chosen.push({ piece, from: at, to: part.from });
    chosen.push(...chooseParts(part, at, last, bucketUs));
    at = part.to;
  }
  if (at < last) chosen.push({ piece, from: at, to: last });
  return chosen;
}
