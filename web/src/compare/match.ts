import type { Group } from "../api/types";

// Which group of one computation is which of another. Names of groups carry hashes ("sum-1a2b"), so a group is found
// again by its name if that stayed, else by its prefix, its place in the graph and its number of tasks.

export interface Pair {
  a: Group | null;
  b: Group | null;
  by: "name" | "place" | "prefix" | null; // null: there is only one
}

const kRounds = 3; // how many steps along the graph a place is told from

export function matchGroups(a: Group[], b: Group[]): Pair[] {
  const partner = new Map<Group, Group>();
  const how = new Map<Group, Pair["by"]>();
  const join = (mine: Group, other: Group, by: Pair["by"]) => {
    partner.set(mine, other);
    partner.set(other, mine);
    how.set(mine, by);
  };
  const byName = new Map(b.map((group) => [group.name, group]));
  for (const group of a) {
    const same = byName.get(group.name);
    if (same) join(group, same, "name");
  }
  const number = new Map<string, number>();
  const placesA = places(a, number);
  const placesB = places(b, number);
  const left = (groups: Group[]) => groups.filter((group) => !partner.has(group));
  for (let round = kRounds; round >= 0; round -= 1) {
    for (const sameTasks of [true, false]) {
      const key = (places: Map<Group, number[]>) => (group: Group) =>
        `${places.get(group)?.[round]}${sameTasks ? `/${group.tasks.total}` : ""}`;
      const others = bucketed(left(b), key(placesB));
      for (const [place, mine] of bucketed(left(a), key(placesA))) {
        const theirs = others.get(place) ?? [];
        mine.sort(inOrder);
        theirs.sort(inOrder);
        for (const [at, other] of theirs.entries()) {
          const one = mine[at];
          if (one) join(one, other, round > 0 ? "place" : "prefix");
        }
      }
    }
  }
  return [
    ...a.map((group) => ({ a: group, b: partner.get(group) ?? null, by: how.get(group) ?? null })),
    ...left(b).map((group) => ({ a: null, b: group, by: null })),
  ];
}

// By size, then by when it began, then by name: the order in which groups of the same place are paired.
function inOrder(one: Group, other: Group): number {
  return (
    one.tasks.total - other.tasks.total ||
    (one.first_start_us ?? Number.MAX_SAFE_INTEGER) - (other.first_start_us ?? Number.MAX_SAFE_INTEGER) ||
    one.name.localeCompare(other.name)
  );
}

function bucketed(groups: Group[], key: (group: Group) => string): Map<string, Group[]> {
  const found = new Map<string, Group[]>();
  for (const group of groups) {
    const bucket = found.get(key(group));
    if (bucket) bucket.push(group);
    else found.set(key(group), [group]);
  }
  return found;
}

// The place of each group by rounds: 0 knows its prefix, every further one what its neighbours knew before.
function places(groups: Group[], numbers: Map<string, number>): Map<Group, number[]> {
  const numberOf = (text: string) => {
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  };
  const at = new Map(groups.map((group, index) => [group.name, index]));
  const needs = groups.map((group) => group.dependencies.map((name) => at.get(name)).filter(known));
  const feeds: number[][] = groups.map(() => []);
  needs.forEach((list, index) => {
    for (const needed of list) feeds[needed]?.push(index);
  });
  let now = groups.map((group) => numberOf(`prefix ${group.prefix}`));
  const all = now.map((place) => [place]);
  for (let round = 1; round <= kRounds; round += 1) {
    const before = now;
    const told = (list: number[] | undefined) =>
      (list ?? []).map((index) => before[index] ?? 0).sort(byValue);
    now = before.map((place, index) =>
      numberOf(`${round}: ${place} < ${told(needs[index])} > ${told(feeds[index])}`),
    );
    now.forEach((place, index) => {
      all[index]?.push(place);
    });
  }
  return new Map(groups.map((group, index) => [group, all[index] ?? []]));
}

const known = (index: number | undefined): index is number => index !== undefined;
const byValue = (one: number, other: number) => one - other;

// What a computation is made of, whatever its groups are called: "mean_chunk*64 sum*8".
export function shapeOf(groups: Group[]): string {
  return groups
    .map((group) => `${group.prefix}*${group.tasks.total}`)
    .sort()
    .join(" ");
}
