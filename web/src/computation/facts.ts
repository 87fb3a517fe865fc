import type { Computation, Group, Micros } from "../api/types";

// What follows from a computation's numbers.

export function endOf(computation: Computation, nowUs: Micros): Micros {
  return (
    computation.stop_us ??
    (computation.state === "running" ? nowUs : (computation.last_stop_us ?? computation.start_us))
  );
}

export function took(group: Group, ...actions: string[]): Micros {
  return actions.reduce((sum, action) => sum + (group.durations_us[action] ?? 0), 0);
}

export const allTime = (group: Group) => took(group, ...Object.keys(group.durations_us));

export interface PrefixTime {
  prefix: string;
  us: Micros;
  groups: number;
}

// Prefixes by the time that their tasks took, the largest first.
export function byPrefix(groups: Group[]): PrefixTime[] {
  const found = new Map<string, PrefixTime>();
  for (const group of groups) {
    const entry = found.get(group.prefix) ?? { prefix: group.prefix, us: 0, groups: 0 };
    entry.us += allTime(group);
    entry.groups += 1;
    found.set(group.prefix, entry);
  }
  return [...found.values()].sort((a, b) => b.us - a.us || a.prefix.localeCompare(b.prefix));
}

export interface Slow {
  group: string;
  prefix: string;
  key: string;
  worker: string | null;
  thread: number;
  start_us: Micros;
  duration_us: Micros;
}

export function slowest(groups: Group[], most: number): Slow[] {
  return groups
    .flatMap((group) =>
      (group.slowest ?? []).map((span) => ({ ...span, group: group.name, prefix: group.prefix })),
    )
    .sort((a, b) => b.duration_us - a.duration_us)
    .slice(0, most);
}
