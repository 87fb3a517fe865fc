import type { Micros } from "../api/types";

// The piece of a cluster's life that its charts show.
export interface Range {
  fromUs: Micros;
  toUs: Micros;
}

const kLeastUs = 1e6;
const kMicros = /^[1-9]\d{0,17}$/;

// From `?from=&to=`; null: the whole life.
export function readRange(query: URLSearchParams): Range | null {
  const [from, to] = [query.get("from") ?? "", query.get("to") ?? ""];
  if (!kMicros.test(from) || !kMicros.test(to)) return null;
  const range = { fromUs: Number(from), toUs: Number(to) };
  return range.toUs > range.fromUs ? range : null;
}

// `factor` below 1 goes closer; `shift` is in parts of the range. Stays within `whole`: null when it is all of it.
export function moved(range: Range, whole: Range, factor: number, shift: number): Range | null {
  const width = range.toUs - range.fromUs;
  const wanted = Math.max(width * factor, kLeastUs);
  if (wanted >= whole.toUs - whole.fromUs) return null;
  const middle = (range.fromUs + range.toUs) / 2 + width * shift;
  const fromUs = Math.round(Math.min(Math.max(middle - wanted / 2, whole.fromUs), whole.toUs - wanted));
  return { fromUs, toUs: Math.round(fromUs + wanted) };
}
