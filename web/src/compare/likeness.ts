import type { Computation } from "../api/types";
import { shapeOf } from "./match";

export type Likeness = "code" | "shape" | "none";

const texts = (computation: Computation) => computation.code.map((snippet) => snippet.text).join("\n");
const kOrder: Record<Likeness, number> = { code: 0, shape: 1, none: 2 };

export function likeness(one: Computation, other: Computation): Likeness {
  if (texts(one).trim() !== "" && texts(one) === texts(other)) return "code";
  return one.groups.length > 0 && shapeOf(one.groups) === shapeOf(other.groups) ? "shape" : "none";
}

// Without `to`; what is like it first, else in the given order.
export function ranked(all: Computation[], to: Computation | null): Computation[] {
  if (to === null) return all;
  return all
    .filter((one) => one.id !== to.id)
    .map((one) => ({ one, order: kOrder[likeness(one, to)] }))
    .sort((a, b) => a.order - b.order)
    .map(({ one }) => one);
}

// The first line of the code that says something, else what it is made of.
export function firstLine(computation: Computation): string {
  const line = texts(computation)
    .split("\n")
    .find((text) => text.trim() !== "");
  const prefixes = [...new Set(computation.groups.map((group) => group.prefix))];
  return line?.trim() ?? (prefixes.slice(0, 4).join(", ") || "no code recorded");
}
