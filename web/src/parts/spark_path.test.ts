import { expect, test } from "vitest";
import { sparkPaths } from "./spark_path";

test("a line with its area", () => {
  expect(sparkPaths([0, 2, 1], 20, 12)).toEqual({
    line: "M0 11L10 1L20 6",
    area: "M0 12L0 11L10 1L20 6L20 12Z",
  });
});

test("nulls are gaps, a lone point is a dash", () => {
  expect(sparkPaths([1, null, 1], 20, 12).line).toBe("M0 1h2M20 1h2");
});

test("nothing at all", () => {
  expect(sparkPaths([], 20, 12)).toEqual({ line: "", area: "" });
  expect(sparkPaths([null], 20, 12).line).toBe("");
});
