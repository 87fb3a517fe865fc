import { expect, test } from "vitest";
import { isFiltered, kNoFilters, readFilters, toParameters, writeFilters } from "./filters";

const read = (query: string) => readFilters(new URLSearchParams(query));

test("filters survive the address", () => {
  const filters = { text: "north sea", user: "ada", status: "lost", since: "7d" } as const;
  expect(read(writeFilters(filters))).toEqual(filters);
  expect(writeFilters(kNoFilters)).toBe("");
});

test("what the address says wrongly is left out", () => {
  expect(read("status=sunk&since=9y&page=4")).toEqual(kNoFilters);
  expect(read("since=toString").since).toBe("");
});

test("parameters of the hub", () => {
  expect(toParameters(read("since=24h&user= ada &status=running"))).toEqual({
    text: "",
    user: "ada",
    status: "running",
    since: "24 hours",
  });
  expect(toParameters(kNoFilters).since).toBeUndefined();
});

test("only what is there filters", () => {
  expect(isFiltered(kNoFilters)).toBe(false);
  expect(isFiltered(read("text=a"))).toBe(true);
});
