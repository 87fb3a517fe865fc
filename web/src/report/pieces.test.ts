import { expect, test } from "vitest";
import type { PieceEntry } from "./contents";
import { chooseParts, wholesOf } from "./pieces";

// Two pages of lanes; the first one's second half has parts, of which one is missing.
const kEntries: PieceEntry[] = [
  [-1, 0, 1000, 100, 0, 4],
  [-1, 0, 1000, 100, 4, 2],
  [0, 500, 750, 25, 0, 4],
  [0, 0, 500, 50, 0, 4],
  [2, 625, 750, 0, 0, 4],
  [2, 500, 625, 0, 0, 4],
];
const [whole, other] = wholesOf(kEntries);
if (!whole || !other) throw new Error("there are two");
const chosen = (from: number, to: number, bucketUs: number) =>
  chooseParts(whole, from, to, bucketUs).map((part) => [part.piece.number, part.from, part.to]);

test("pieces know their parts, in order", () => {
  expect(whole.parts.map((piece) => piece.number)).toEqual([3, 2]);
  expect(whole.parts[1]?.parts.map((piece) => piece.number)).toEqual([5, 4]);
  expect(other.parts).toEqual([]);
});

test("the coarsest piece that is fine enough is taken", () => {
  expect(chosen(0, 1000, 100)).toEqual([[0, 0, 1000]]);
  expect(chosen(0, 1000, 50)).toEqual([[0, 0, 1000]]);
  expect(chosen(100, 400, 25)).toEqual([[3, 100, 400]]);
});

test("where there is nothing finer, the coarser piece stays", () => {
  expect(chosen(0, 1000, 5)).toEqual([
    [3, 0, 500],
    [5, 500, 625],
    [4, 625, 750],
    [0, 750, 1000],
  ]);
});

test("only the time that is asked for is taken", () => {
  expect(chosen(600, 700, 1)).toEqual([
    [5, 600, 625],
    [4, 625, 700],
  ]);
  expect(chosen(740, 800, 1)).toEqual([
    [4, 740, 750],
    [0, 750, 800],
  ]);
  expect(chosen(2000, 3000, 1)).toEqual([]);
  expect(chosen(-50, 10, 100)).toEqual([[0, 0, 10]]);
});
