import { expect, it } from "vitest";
import type { Computation, Group } from "../api/types";
import { firstLine, likeness, ranked } from "./likeness";
import { group } from "./test_groups";

const computation = (id: number, code: string, groups: Group[]) =>
  ({ id, code: code === "" ? [] : [{ text: code }], groups }) as Computation;

const first = computation(1, "\n  df.sum()\n", [group("sum-1", 4)]);
const sameCode = computation(2, "\n  df.sum()\n", [group("sum-2", 9)]);
const sameShape = computation(3, "frame.sum()", [group("sum-3", 4)]);
const other = computation(4, "", [group("load-4", 4), group("sum-4", 4), group("sum-5", 4)]);

it("finds what is like a computation", () => {
  expect(likeness(sameCode, first)).toBe("code");
  expect(likeness(sameShape, first)).toBe("shape");
  expect(likeness(other, first)).toBe("none");
  expect(likeness(computation(5, "", []), computation(6, "", []))).toBe("none");
});

it("puts it first and leaves out the computation itself", () => {
  const all = [other, sameShape, first, sameCode];
  expect(ranked(all, first).map((one) => one.id)).toEqual([2, 3, 4]);
  expect(ranked(all, null)).toEqual(all);
});

it("tells a computation by its first line", () => {
  expect(firstLine(first)).toBe("df.sum()");
  expect(firstLine(other)).toBe("load, sum");
  expect(firstLine(computation(7, "", []))).toBe("no code recorded");
});
