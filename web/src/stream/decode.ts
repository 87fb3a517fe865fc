import { parse } from "../api/parse";
import type { Cells, Lane, Runs, Timeline } from "./source";

// Reads a timeline in its binary form, version 1: docs/formats/timeline.md. Bytes that are not one throw a
// TimelineError; nothing that they say is believed before it was checked.

export class TimelineError extends Error {}

const kMagic = "PHTIMEL\0";
const kVersion = 1;
const kHeader = 88;
const kEntry = 16;
const kComplete = 1;
const kRuns = 2;
const kMostItems = 1 << 23;
const kMostPlaces = 1 << 26;

const Column = {
  places: 1,
  spans: 2,
  erred: 3,
  group: 4,
  keyLength: 5,
  keyText: 6,
  lane: 7,
  actionCount: 8,
  action: 9,
  start: 10,
  duration: 11,
  busy: 16,
} as const;

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

interface Found {
  width: number;
  count: number;
  at: number;
}

export function decodeTimeline(buffer: ArrayBuffer): Timeline {
  const head = new DataView(buffer);
  check(buffer.byteLength >= kHeader && text(buffer, 0, 8) === kMagic, "these bytes are no timeline");
  const version = head.getUint32(8, true);
  check(version === kVersion, `version ${version} of the format is not known`);
  const flags = head.getUint32(12, true);
  const from = integer(head, 24);
  const to = integer(head, 32);
  const bucketUs = integer(head, 40);
  const buckets = integer(head, 48);
  const lanesTotal = integer(head, 56);
  const items = integer(head, 64);
  const actionsOfRuns = integer(head, 72);
  check(items <= kMostItems && actionsOfRuns <= kMostItems, "it says that it has too many items");
  check(to >= from && (buckets === 0 || bucketUs > 0), "its times are impossible");

  const textLength = head.getUint32(84, true);
  check(textLength % 8 === 0 && kHeader + textLength <= buffer.byteLength, "its texts are cut off");
  const names = readNames(text(buffer, kHeader, textLength));
  check(buckets * names.lanes.length <= kMostPlaces, "it says that it has too many buckets");
  const found = readTable(head, kHeader + textLength, head.getUint32(80, true));

  const columns = new Columns(buffer, found);
  const asRuns = (flags & kRuns) !== 0;
  return {
    from,
    to,
    bucketUs,
    buckets,
    complete: (flags & kComplete) !== 0,
    lanesTotal,
    ...names,
    cells: asRuns ? null : readCells(columns, names, buckets, items),
    runs: asRuns ? readRuns(columns, names, items, actionsOfRuns) : null,
  };
}

type Names = Pick<Timeline, "firstLane" | "lanes" | "groups" | "actions">;

function readNames(json: string): Names {
  let given: unknown;
  try {
    given = parse(json);
  } catch {
    throw new TimelineError("The timeline cannot be read: its texts are no JSON.");
  }
  const object = (given ?? {}) as Record<string, unknown>;
  const firstLane = object.first_lane ?? 0;
  check(Number.isSafeInteger(firstLane) && (firstLane as number) >= 0, "its first lane is no number");
  return {
    firstLane: firstLane as number,
    lanes: list(object.lanes).map(readLane),
    groups: list(object.groups).map(String),
    actions: list(object.actions).map(String),
  };
}

function readLane(given: unknown): Lane {
  const lane = (given ?? {}) as Record<string, unknown>;
  const name = (value: unknown) => (value === null || value === undefined ? null : String(value));
  check(typeof lane.thread === "number", "a lane has no thread");
  return { worker: name(lane.worker), name: name(lane.name), thread: lane.thread as number };
}

function list(given: unknown): unknown[] {
  check(Array.isArray(given), "a list of names is missing");
  return given as unknown[];
}

function readTable(head: DataView, table: number, count: number): Map<number, Found> {
  let at = table + kEntry * count;
  check(at <= head.byteLength, "its table of columns is cut off");
  const found = new Map<number, Found>();
  for (let entry = table; entry < table + kEntry * count; entry += kEntry) {
    const number = head.getUint32(entry, true);
    const width = head.getUint32(entry + 4, true);
    const values = integer(head, entry + 8);
    check([0, 1, 2, 4, 8].includes(width), "a column has an unknown width");
    check(!found.has(number), "a column is there twice");
    found.set(number, { width, count: values, at });
    const size = width === 0 ? Math.ceil(values / 8) : width * values;
    at += Math.ceil(size / 8) * 8;
    check(at <= head.byteLength, "a column is cut off");
  }
  return found;
}

class Columns {
  constructor(
    private readonly buffer: ArrayBuffer,
    private readonly found: Map<number, Found>,
  ) {}

  bits(number: number, count: number): Uint8Array {
    const column = this.found.get(number);
    if (column === undefined) return new Uint8Array(Math.ceil(count / 8));
    check(column.width === 0 && column.count === count, "a column has the wrong length");
    return new Uint8Array(this.buffer, column.at, Math.ceil(count / 8));
  }

  bytes(number: number): Uint8Array {
    const column = this.found.get(number);
    if (column === undefined) return new Uint8Array();
    check(column.width === 1, "the keys are no bytes");
    return new Uint8Array(this.buffer, column.at, column.count);
  }

  numbers(number: number, count: number, signed = false): Numbers {
    const column = this.found.get(number);
    if (column === undefined) return new Uint8Array(count);
    check(column.width !== 0 && column.count === count, "a column has the wrong length");
    switch (column.width) {
      case 1:
        return new Uint8Array(this.buffer, column.at, count);
      case 2:
        return new Uint16Array(this.buffer, column.at, count);
      case 4:
        return new Uint32Array(this.buffer, column.at, count);
    }
    const Wide = signed ? BigInt64Array : BigUint64Array;
    return Float64Array.from(new Wide(this.buffer, column.at, count) as BigInt64Array, Number);
  }

  indices(number: number, count: number, below: number): Numbers {
    const column = this.numbers(number, count);
    for (const value of column) check(value < below, "a column points to something that is not there");
    return column;
  }
}

function readCells(columns: Columns, names: Names, buckets: number, items: number): Cells {
  const lanes = names.lanes.length;
  const bits = columns.bits(Column.places, buckets * lanes);
  const bucket = new Uint32Array(items);
  const lane = new Uint32Array(items);
  let cell = 0;
  for (let byte = 0; byte < bits.length; ++byte) {
    let rest = bits[byte] ?? 0;
    for (let place = byte * 8; rest !== 0; rest >>= 1, ++place) {
      if ((rest & 1) === 0) continue;
      check(cell < items && place < buckets * lanes, "there are more cells than it says");
      bucket[cell] = Math.floor(place / lanes);
      lane[cell] = place % lanes;
      ++cell;
    }
  }
  check(cell === items, "there are fewer cells than it says");
  return {
    bucket,
    lane,
    spans: columns.numbers(Column.spans, items),
    erred: columns.numbers(Column.erred, items),
    group: columns.indices(Column.group, items, names.groups.length),
    busyUs: names.actions.map((_, action) => columns.numbers(Column.busy + action, items)),
  };
}

function readRuns(columns: Columns, names: Names, items: number, actions: number): Runs {
  const lengths = columns.numbers(Column.keyLength, items);
  const counts = columns.numbers(Column.actionCount, items);
  const texts = columns.bytes(Column.keyText);
  const decoder = new TextDecoder();
  const key: string[] = [];
  const firstAction = new Float64Array(items + 1);
  let end = 0;
  for (let run = 0; run < items; ++run) {
    const begin = end;
    end += lengths[run] ?? 0;
    check(end <= texts.length, "a key is cut off");
    key.push(decoder.decode(texts.subarray(begin, end)));
    firstAction[run + 1] = (firstAction[run] ?? 0) + (counts[run] ?? 0);
  }
  check(firstAction[items] === actions, "its actions do not add up");
  return {
    key,
    firstAction,
    lane: columns.indices(Column.lane, items, names.lanes.length),
    group: columns.indices(Column.group, items, names.groups.length),
    erred: columns.numbers(Column.erred, items),
    action: columns.indices(Column.action, actions, names.actions.length),
    startUs: columns.numbers(Column.start, actions, true),
    durationUs: columns.numbers(Column.duration, actions),
  };
}

function text(buffer: ArrayBuffer, at: number, length: number): string {
  return new TextDecoder().decode(new Uint8Array(buffer, at, length));
}

function integer(head: DataView, at: number): number {
  const value = Number(head.getBigInt64(at, true));
  check(Number.isSafeInteger(value) && value >= 0, "a number in it is impossible");
  return value;
}

function check(holds: boolean, why: string): void {
  if (!holds) throw new TimelineError(`The timeline cannot be read: ${why}.`);
}
