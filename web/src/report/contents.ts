import { parse } from "../api/parse";
import type { Micros } from "../api/types";

// What `pilothouse report` says of the data that it put into the file.
export interface Index {
  format: number;
  computation_id: number;
  made_us: Micros;
  hub: string;
  pilothouse: string;
  runs_total: number;
  runs_expired: number; // of these: the hub no longer had them
  runs_inside: number; // one by one
  detail_us: Micros; // the widest bucket that has to stand for runs; 0: none has to
  lanes_total: number;
  lanes_inside: number;
  answers: Record<string, string>; // of the hub, by path: the ids of elements
  pieces: PieceEntry[]; // of the timeline: piece i is the element "piece-i"
}

// Its parent's number (-1: it has none), from, to, bucket_us (0: runs), first lane, number of lanes.
export type PieceEntry = [number, Micros, Micros, Micros, number, number];

function textOf(id: string): string {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The file is damaged: it has no ${id}.`);
  return element.textContent ?? "";
}

export function readIndex(): Index {
  const index = parse<Index>(textOf("report"));
  if (index.format !== 1) throw new Error("The file was made by a Pilothouse that is too new for its page.");
  return index;
}

async function inflate(base64: string): Promise<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

export const readPiece = (number: number): Promise<ArrayBuffer> => inflate(textOf(`piece-${number}`));

export async function readAnswer(index: Index, path: string): Promise<unknown> {
  const id = index.answers[path];
  if (id === undefined) return undefined;
  return parse(new TextDecoder().decode(await inflate(textOf(id))));
}
