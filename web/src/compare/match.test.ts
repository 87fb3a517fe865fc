import { describe, expect, it } from "vitest";
import type { Group } from "../api/types";
import { matchGroups, shapeOf } from "./match";
import { group } from "./test_groups";

const pairs = (a: Group[], b: Group[]) =>
  matchGroups(a, b).map((pair) => [pair.a?.name ?? null, pair.b?.name ?? null, pair.by]);

describe("groups of two computations", () => {
  it("are the same when their names are", () => {
    expect(pairs([group("square", 4)], [group("square", 400)])).toEqual([["square", "square", "name"]]);
  });

  it("are found again when only hashes changed", () => {
    const run = (hash: string) => [
      group(`load-${hash}`, 10),
      group(`sum-${hash}`, 10, [`load-${hash}`]),
      group(`sum-aggregate-${hash}`, 1, [`sum-${hash}`], "sum-aggregate"),
    ];
    expect(pairs(run("1a"), run("2b"))).toEqual([
      ["load-1a", "load-2b", "place"],
      ["sum-1a", "sum-2b", "place"],
      ["sum-aggregate-1a", "sum-aggregate-2b", "place"],
    ]);
  });

  it("are told apart by their place when they have one prefix", () => {
    const a = [
      group("add-x", 4, ["load-x"]),
      group("load-x", 4),
      group("add-y", 4, ["add-x"]),
      group("save-x", 1, ["add-y"]),
    ];
    const b = [
      group("load-q", 4),
      group("add-late", 4, ["add-early"]),
      group("add-early", 4, ["load-q"]),
      group("save-q", 1, ["add-late"]),
    ];
    const found = new Map(pairs(a, b).map(([one, other]) => [one, other]));
    expect(found.get("add-x")).toBe("add-early");
    expect(found.get("add-y")).toBe("add-late");
  });

  it("keep their place when there is more work", () => {
    const a = [group("load-x", 4), group("sum-x", 4, ["load-x"])];
    const b = [group("load-y", 8), group("sum-y", 8, ["load-y"])];
    expect(pairs(a, b).map(([, other]) => other)).toEqual(["load-y", "sum-y"]);
  });

  it("go by their number of tasks where all else is the same", () => {
    const a = [group("map-a", 2), group("map-b", 90), group("map-c", 7)];
    const b = [group("map-q", 90), group("map-r", 7), group("map-s", 2)];
    expect(pairs(a, b).map(([, other]) => other)).toEqual(["map-s", "map-q", "map-r"]);
  });

  it("go by when they began where numbers do not help", () => {
    const at = (name: string, start: number) => ({ ...group(name, 5), first_start_us: start });
    const a = [at("map-a", 300), at("map-b", 100)];
    const b = [at("map-q", 7000), at("map-r", 9000)];
    expect(pairs(a, b)).toEqual([
      ["map-a", "map-r", "place"],
      ["map-b", "map-q", "place"],
    ]);
  });

  it("appear and vanish", () => {
    const a = [group("load-x", 4), group("old-x", 4, ["load-x"])];
    const b = [group("load-y", 4), group("new-y", 4, ["load-y"])];
    expect(pairs(a, b)).toEqual([
      ["load-x", "load-y", "prefix"],
      ["old-x", null, null],
      [null, "new-y", null],
    ]);
  });

  it("leave nobody out and pair nobody twice", () => {
    const many = (hash: string, from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) =>
        group(`p${at % 5}-${hash}${at}`, (at % 7) + 1, at > 0 ? [`p${(at - 1) % 5}-${hash}${at - 1}`] : []),
      );
    const a = many("a", 0, 211);
    const b = many("b", 0, 173);
    const found = matchGroups(a, b);
    expect(new Set(found.map((pair) => pair.a).filter((one) => one !== null)).size).toBe(a.length);
    expect(new Set(found.map((pair) => pair.b).filter((one) => one !== null)).size).toBe(b.length);
    expect(found.filter((pair) => pair.a !== null)).toHaveLength(a.length);
    expect(found.filter((pair) => pair.b !== null)).toHaveLength(b.length);
    expect(found.every((pair) => !pair.a || !pair.b || pair.a.prefix === pair.b.prefix)).toBe(true);
  });

  it("may be none, depend on what is not there, and on each other", () => {
    expect(matchGroups([], [])).toEqual([]);
    const loop = [group("a-1", 1, ["b-1", "gone"]), group("b-1", 1, ["a-1"])];
    expect(pairs(loop, [group("a-2", 1, ["b-2"]), group("b-2", 1, ["a-2"])])).toHaveLength(2);
  });
});

it("a shape does not know names", () => {
  expect(shapeOf([group("sum-1", 2), group("load-1", 4)])).toBe("load*4 sum*2");
  expect(shapeOf([group("load-9", 4), group("sum-8", 2)])).toBe("load*4 sum*2");
});
