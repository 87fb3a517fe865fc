import { expect, test } from "vitest";
import { lifetime } from "./lifetime";

test("a life within that of the cluster", () => {
  expect(lifetime(25, 75, 0, 100)).toEqual({ left: 25, width: 50 });
  expect(lifetime(-5, 400, 0, 100)).toEqual({ left: 0, width: 100 });
});

test("a short life is still seen", () => {
  expect(lifetime(100, 100, 0, 100)).toEqual({ left: 99.2, width: 0.8 });
  expect(lifetime(5, 5, 5, 5)).toEqual({ left: 0, width: 0.8 });
});
