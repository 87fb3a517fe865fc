import { expect, test } from "vitest";
import { codeTitle } from "./code_title";

test("the first line that does something", () => {
  expect(codeTitle([{ text: "# read\nimport dask\n\n  total = x.sum().compute()\nprint(total)" }])).toBe(
    "total = x.sum().compute()",
  );
});

test("a line that only imports, when there is no other", () => {
  expect(codeTitle([{ text: "" }, { text: "\nimport dask\n" }])).toBe("import dask");
});

test("no code", () => {
  expect(codeTitle([])).toBeNull();
});
