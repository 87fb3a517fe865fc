import type { ExceptionGroup } from "../api/types";

export interface Summary {
  count: number;
  blamed: number;
  firstUs: number;
  lastUs: number;
  users: string[];
  pythons: string[];
  dasks: string[];
  distributeds: string[];
}

// What the groups of several clusters come to together.
export function sumUp(groups: ExceptionGroup[]): Summary {
  const each = (value: (group: ExceptionGroup) => string) =>
    [...new Set(groups.map(value))]
      .filter((text) => text !== "")
      .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return {
    count: groups.reduce((sum, group) => sum + group.count, 0),
    blamed: groups.reduce((sum, group) => sum + group.blamed, 0),
    firstUs: groups.reduce((least, group) => Math.min(least, group.first_us), Number.POSITIVE_INFINITY),
    lastUs: groups.reduce((most, group) => Math.max(most, group.last_us), 0),
    users: each((group) => group.user),
    pythons: each((group) => group.versions.python),
    dasks: each((group) => group.versions.dask),
    distributeds: each((group) => group.versions.distributed),
  };
}
