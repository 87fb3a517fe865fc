import { expect, test } from "vitest";
import type { Group } from "../api/types";
import { groupGraph } from "./graph_nodes";

const group = (name: string, dependencies: string[]) =>
  ({
    name,
    prefix: name.split("-")[0],
    dependencies,
    tasks: { total: 2, erred: 1 },
    durations_us: { compute: 10 },
  }) as unknown as Group;
const kGroups = [group("a-1", []), group("b-1", ["a-1"]), group("b-2", ["a-1", "b-1", "gone-1"])];

test("groups and what they depend on", () => {
  const graph = groupGraph(kGroups);
  expect(graph.byPrefix).toBe(false);
  expect(graph.nodes.map((node) => node.id)).toEqual(["a-1", "b-1", "b-2"]);
  expect(graph.edges).toEqual([
    ["a-1", "b-1"],
    ["a-1", "b-2"],
    ["b-1", "b-2"],
  ]);
});

test("too many groups are told by prefix", () => {
  const graph = groupGraph(kGroups, 2);
  expect(graph.byPrefix).toBe(true);
  expect(graph.nodes).toContainEqual({
    id: "b",
    prefix: "b",
    groups: ["b-1", "b-2"],
    tasks: 4,
    us: 20,
    erred: 2,
  });
  expect(graph.edges).toEqual([["a", "b"]]);
});
