import { expect, test } from "vitest";
import { isMissingPart } from "./reload";

test("browsers say in other words that a part is missing", () => {
  for (const words of [
    "Failed to fetch dynamically imported module: http://hub/assets/page-1.js",
    "error loading dynamically imported module: http://hub/assets/page-1.js",
    "Importing a module script failed.",
    "Unable to preload CSS for /assets/page-1.css",
  ]) {
    expect(isMissingPart(new Error(words))).toBe(true);
  }
  expect(isMissingPart(new Error("undefined is not a function"))).toBe(false);
});
