import { expect, test } from "vitest";
import { losses } from "./losses";

test("a whole record has no losses", () => {
  expect(losses({ missing_chunks: 0, dropped: { spans: 0 }, refused: {} })).toEqual([]);
});

test("what is missing, in words", () => {
  expect(losses({ missing_chunks: 2, dropped: { spans: 1200 }, refused: { lanes: 3, odd: 1 } })).toEqual([
    "2 uploads never arrived",
    "1,200 records of spans dropped by the recorder",
    "3 threads beyond the limit left out by the hub",
    "1 odd left out by the hub",
  ]);
});
